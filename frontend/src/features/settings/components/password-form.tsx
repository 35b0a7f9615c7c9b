import { type SubmitEvent, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field, Input } from '@/components/ui/input'
import { ApiError, describeError } from '@/lib/api/client'
import { useChangePassword } from '../api/account'
import { useSecondFactor } from '../api/second-factor'

/** Changes the password of whoever is logged in. */
export function PasswordForm() {
  const [atual, setAtual] = useState('')
  const [nova, setNova] = useState('')
  const [outra, setOutra] = useState('')
  const [codigo, setCodigo] = useState('')
  const change = useChangePassword()
  const { data: factor } = useSecondFactor()
  const differs = outra !== '' && outra !== nova
  const campos = change.error instanceof ApiError ? change.error.campos : []
  const wrong = (campo: string): string | undefined => campos.find((c) => c.campo.endsWith(campo))?.mensagem
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    change.mutate(
      { atual, nova, codigo: codigo.trim() },
      {
        onSuccess: (result) => {
          toast.success(result.message)
          setAtual('')
          setNova('')
          setOutra('')
          setCodigo('')
        },
      },
    )
  }
  // An account of the company's provider has no password here.
  if (factor && !factor.disponivel) return null
  return (
    <Card className="p-5">
      <form onSubmit={submit} className="flex flex-col gap-4" aria-label="Trocar a senha">
        <h2 className="text-[13px] font-semibold">Trocar a senha</h2>
        {change.error && campos.length === 0 && (
          <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-[13px] text-danger">
            {describeError(change.error)}
          </p>
        )}
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label="Senha atual" htmlFor="senha-atual" error={wrong('atual')}>
            <Input id="senha-atual" type="password" autoComplete="current-password" required value={atual} onChange={(e) => setAtual(e.target.value)} />
          </Field>
          <Field label="Nova senha" htmlFor="senha-nova" error={wrong('nova')}>
            <Input id="senha-nova" type="password" autoComplete="new-password" required value={nova} onChange={(e) => setNova(e.target.value)} />
          </Field>
          <Field label="Repita a nova senha" htmlFor="senha-outra" error={differs ? 'As duas não são iguais.' : undefined}>
            <Input id="senha-outra" type="password" autoComplete="new-password" required value={outra} onChange={(e) => setOutra(e.target.value)} />
          </Field>
          {factor?.ativo && (
            <Field label="Código do autenticador" htmlFor="senha-codigo" error={wrong('codigo')}>
              <Input id="senha-codigo" autoComplete="one-time-code" required maxLength={40} value={codigo} onChange={(e) => setCodigo(e.target.value)} />
            </Field>
          )}
        </div>
        <div className="flex justify-end">
          <Button type="submit" variant="primary" busy={change.isPending} disabled={!atual || !nova || outra !== nova}>
            Trocar a senha
          </Button>
        </div>
      </form>
    </Card>
  )
}
