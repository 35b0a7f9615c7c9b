import { type SubmitEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Modal } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/input'
import { ApiError, describeError } from '@/lib/api/client'
import type { Identity } from '../api/second-factor'

interface IdentityDialogProps {
  title: string
  description: string
  action: string
  danger?: boolean
  error: unknown
  busy: boolean
  onSubmit: (identity: Identity) => void
  onClose: () => void
}

/** Password and code again, before something that weakens the account. */
export function IdentityDialog({ title, description, action, danger, error, busy, onSubmit, onClose }: IdentityDialogProps) {
  const [senha, setSenha] = useState('')
  const [codigo, setCodigo] = useState('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onSubmit({ senha, codigo: codigo.trim() })
  }
  return (
    <Modal open onOpenChange={(open) => !open && onClose()} title={title} description={description}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <FormError error={error} fields={['senha', 'codigo']} />
        <Field label="Sua senha" htmlFor="fator-senha" error={fieldError(error, 'senha')}>
          <Input
            id="fator-senha"
            type="password"
            autoComplete="current-password"
            required
            value={senha}
            onChange={(e) => setSenha(e.target.value)}
          />
        </Field>
        <Field
          label="Código do autenticador"
          htmlFor="fator-codigo"
          error={fieldError(error, 'codigo')}
          hint="Ou um código de recuperação."
        >
          <Input
            id="fator-codigo"
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={40}
            aria-describedby="fator-codigo-nota"
            value={codigo}
            onChange={(e) => setCodigo(e.target.value)}
            className="font-mono"
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Voltar</Button>
          <Button type="submit" variant={danger ? 'dangerSolid' : 'primary'} busy={busy}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** What the hub said of one field. */
export function fieldError(error: unknown, campo: string): string | undefined {
  return error instanceof ApiError ? error.campos.find((c) => c.campo.endsWith(campo))?.mensagem : undefined
}

/** The sentence of an error that belongs to none of `fields`. */
export function FormError({ error, fields }: { error: unknown; fields: string[] }) {
  if (!error || fields.some((campo) => fieldError(error, campo))) return null
  return (
    <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-[13px] text-danger">
      {describeError(error)}
    </p>
  )
}
