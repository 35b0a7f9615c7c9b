import * as RadixDialog from '@radix-ui/react-dialog'
import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { cn } from '@/lib/utils'
import { Button } from './button'

interface ModalProps {
  open: boolean
  onOpenChange?: (open: boolean) => void
  title: string
  description?: ReactNode
  children?: ReactNode
  footer?: ReactNode
  /** "alert" takes no click outside and has no close button. */
  kind?: 'dialog' | 'alert'
  className?: string
}

export function Modal({ open, onOpenChange, title, description, children, footer, kind, className }: ModalProps) {
  const alert = kind === 'alert'
  // Radix gives the focus back to its own trigger only, and these dialogs are opened from anywhere.
  const before = useRef<Element | null>(null)
  return (
    <RadixDialog.Root open={open} {...(onOpenChange ? { onOpenChange } : {})}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-40 bg-black/40 backdrop-blur-[1px]" />
        <RadixDialog.Content
          {...(alert ? { role: 'alertdialog' } : {})}
          {...(description ? {} : { 'aria-describedby': undefined })}
          onOpenAutoFocus={(e) => {
            before.current = document.activeElement
            // What is to be typed comes before the button that closes.
            const field = (e.currentTarget as HTMLElement).querySelector<HTMLElement>('input:not([readonly]):not([type=file])')
            if (!field) return
            e.preventDefault()
            field.focus()
          }}
          onCloseAutoFocus={(e) => {
            e.preventDefault()
            if (before.current instanceof HTMLElement) before.current.focus()
          }}
          onPointerDownOutside={(e) => alert && e.preventDefault()}
          className={cn(
            'animate-enter fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-md -translate-1/2 flex-col gap-4 overflow-y-auto rounded-xl border bg-raised p-5 shadow-pop',
            className,
          )}
        >
          <div className="flex items-start justify-between gap-4">
            <RadixDialog.Title className="text-[15px] font-semibold">{title}</RadixDialog.Title>
            {!alert && (
              <RadixDialog.Close asChild>
                <Button variant="ghost" size="iconSm" aria-label="Fechar" className="-mt-1 -mr-1">
                  <X aria-hidden />
                </Button>
              </RadixDialog.Close>
            )}
          </div>
          {description && (
            <RadixDialog.Description asChild>
              <div className="-mt-2 text-[13px] leading-relaxed text-subtle">{description}</div>
            </RadixDialog.Description>
          )}
          {children}
          {footer && <div className="flex flex-wrap justify-end gap-2">{footer}</div>}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}
