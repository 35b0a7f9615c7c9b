import type { ReactNode } from 'react'
import { Button } from './button'
import { Modal } from './dialog'

interface ConfirmProps {
  open: boolean
  title: string
  children: ReactNode
  action: string
  onConfirm: () => void
  onCancel: () => void
}

/** Asks before something that destroys; the safe answer has the focus. */
export function Confirm({ open, title, children, action, onConfirm, onCancel }: ConfirmProps) {
  return (
    <Modal
      open={open}
      onOpenChange={(next) => !next && onCancel()}
      kind="alert"
      title={title}
      description={children}
      footer={
        <>
          <Button onClick={onCancel}>Voltar</Button>
          <Button variant="dangerSolid" onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    />
  )
}
