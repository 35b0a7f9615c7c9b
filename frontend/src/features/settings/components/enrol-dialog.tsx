import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Modal } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/input'
import type { Enrolment } from '@/lib/api/types'
import { useBeginEnrolment, useConfirmEnrolment } from '../api/second-factor'
import { fieldError, FormError } from './identity-dialog'
import { RecoveryCodesDialog } from './recovery-codes'

/** Three steps: the password, the app's first code, the recovery codes. */
export function EnrolDialog({ onClose }: { onClose: () => void }) {
  const begin = useBeginEnrolment()
  const confirm = useConfirmEnrolment()
  if (confirm.data) return <RecoveryCodesDialog codes={confirm.data.codigos} onClose={onClose} />
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title="Ligar o segundo fator"
      description={
        begin.data
          ? 'Leia o código QR com o aplicativo autenticador do celular e digite o código que ele mostrar.'
          : 'Antes, confirme que é você.'
      }
    >
      {begin.data ? (
        <FirstCode enrolment={begin.data} confirm={confirm} onClose={onClose} />
      ) : (
        <Password begin={begin} onClose={onClose} />
      )}
    </Modal>
  )
}

function Password({ begin, onClose }: { begin: ReturnType<typeof useBeginEnrolment>; onClose: () => void }) {
  const [senha, setSenha] = useState('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    begin.mutate(senha)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <FormError error={begin.error} fields={['senha']} />
      <Field label="Sua senha" htmlFor="ligar-senha" error={fieldError(begin.error, 'senha')}>
        <Input
          id="ligar-senha"
          type="password"
          autoComplete="current-password"
          required
          value={senha}
          onChange={(e) => setSenha(e.target.value)}
        />
      </Field>
      <Buttons onClose={onClose} action="Continuar" busy={begin.isPending} />
    </form>
  )
}

interface FirstCodeProps {
  enrolment: Enrolment
  confirm: ReturnType<typeof useConfirmEnrolment>
  onClose: () => void
}

function FirstCode({ enrolment, confirm, onClose }: FirstCodeProps) {
  const [codigo, setCodigo] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    confirm.mutate(codigo.trim(), { onError: () => setCodigo('') })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <img src={enrolment.qr} alt="Código QR para o aplicativo autenticador" className="mx-auto size-48 rounded-md border bg-white" />
      <p className="text-xs text-subtle">
        Sem câmera? Digite esta chave no aplicativo:{' '}
        <code data-testid="chave" className="font-mono break-all text-foreground select-all">
          {enrolment.segredo}
        </code>
      </p>
      <FormError error={confirm.error} fields={['codigo']} />
      <Field label="Código do aplicativo" htmlFor="ligar-codigo" error={fieldError(confirm.error, 'codigo')}>
        <Input
          id="ligar-codigo"
          ref={field}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          maxLength={10}
          value={codigo}
          onChange={(e) => setCodigo(e.target.value)}
          className="font-mono tracking-wider"
        />
      </Field>
      <Buttons onClose={onClose} action="Ligar" busy={confirm.isPending} />
    </form>
  )
}

function Buttons({ onClose, action, busy }: { onClose: () => void; action: string; busy: boolean }) {
  return (
    <div className="flex justify-end gap-2">
      <Button onClick={onClose}>Voltar</Button>
      <Button type="submit" variant="primary" busy={busy}>
        {action}
      </Button>
    </div>
  )
}
