import { zodResolver } from '@hookform/resolvers/zod'
import { Plug, TriangleAlert } from 'lucide-react'
import { useForm, useWatch } from 'react-hook-form'
import { toast } from 'sonner'
import { UnsavedGuard } from '@/components/unsaved-guard'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field, Input } from '@/components/ui/input'
import { ApiError, describeError } from '@/lib/api/client'
import type { Sistema } from '@/lib/api/types'
import { type Situacao, useSaveCredentials, useTestLogin } from '../api/credentials'
import { type CredentialForm as Form, credentialSchema, documentWith, type Section, sectionToSend } from '../lib/credentials'
import { SecretInput } from './secret-input'
import { TestResult } from './test-result'

interface CredentialFormProps {
  sistema: Sistema
  section: Section
  etag: string
  situacao: Situacao | undefined
  canEdit: boolean
}

/** One sistema's login. Mount anew (key) for another sistema. */
export function CredentialForm({ sistema, section, etag, situacao, canEdit }: CredentialFormProps) {
  const values: Form = { url: section.url, username: section.username, password: '', totp: '', remover: [] }
  const form = useForm<Form>({ resolver: zodResolver(credentialSchema), values, mode: 'onTouched' })
  const { errors, isDirty } = form.formState
  const save = useSaveCredentials()
  const test = useTestLogin(sistema.id)
  const remover = useWatch({ control: form.control, name: 'remover' })
  const noLogin = situacao?.sem_login === true

  const submit = form.handleSubmit((data) =>
    save.mutate(
      { document: documentWith(sistema.id, sectionToSend(data, section)), etag },
      {
        onSuccess: (result) => {
          form.reset({ ...data, password: '', totp: '', remover: [] })
          toast.success(result.message)
        },
        onError: showErrors,
      },
    ),
  )
  const showErrors = (error: Error) => {
    if (error instanceof ApiError && error.status === 412) {
      toast.error('Outra pessoa salvou as credenciais enquanto esta página estava aberta. Confira e salve de novo.')
      return
    }
    const campos = error instanceof ApiError ? error.campos : []
    for (const { campo, mensagem } of campos) {
      const name = campo.split('.').at(-1)
      if (name === 'url' || name === 'username' || name === 'password' || name === 'totp') {
        form.setError(name, { message: mensagem })
      }
    }
    toast.error(describeError(error))
  }
  const tryLogin = form.handleSubmit((data) => test.mutate(isDirty ? sectionToSend(data, section) : {}))

  const id = (name: string): string => `cred-${sistema.id}-${name}`
  const field = (name: 'url' | 'username' | 'password' | 'totp') => ({
    id: id(name),
    'aria-invalid': errors[name] !== undefined,
    'aria-describedby': `${id(name)}-nota`,
    ...form.register(name),
  })
  const secretHint = (name: 'password' | 'totp', none: string): string => {
    const o = name === 'password' ? 'a' : 'o'
    if (remover.includes(name)) return `Será apagad${o} ao salvar.`
    return section[name] ? `Guardad${o}. Digite para trocar.` : none
  }

  return (
    <Card className="p-5">
      <UnsavedGuard dirty={isDirty} />
      <form
        onSubmit={(e) => void submit(e)}
        // What was tested is no longer what is typed.
        onChange={test.reset}
        className="flex flex-col gap-5"
        aria-label={`Credenciais de ${sistema.nome}`}
      >
        <div>
          <h2 className="text-[15px] font-semibold">{sistema.nome}</h2>
          <p className="mt-0.5 text-[13px] text-subtle">{sistema.descricao}</p>
        </div>
        {situacao && situacao.situacao !== 'ok' && (
          <p className="flex items-start gap-2 rounded-lg bg-warning-soft px-3 py-2 text-[13px] text-warning">
            <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
            {situacao.mensagem}
          </p>
        )}
        <fieldset disabled={!canEdit || save.isPending} className="flex flex-col gap-4">
          <legend className="sr-only">Acesso ao portal</legend>
          <Field label="Endereço do portal" htmlFor={id('url')} error={errors.url?.message}>
            <Input {...field('url')} inputMode="url" spellCheck={false} placeholder="https://" />
          </Field>
          {!noLogin && (
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Usuário" htmlFor={id('username')} error={errors.username?.message}>
                <Input {...field('username')} autoComplete="off" autoCapitalize="none" spellCheck={false} />
              </Field>
              <Field
                label="Senha"
                htmlFor={id('password')}
                error={errors.password?.message}
                hint={secretHint('password', 'Nenhuma guardada.')}
              >
                <SecretInput {...field('password')} label="a senha" stored={section.password !== ''} />
              </Field>
            </div>
          )}
          {section.totp !== undefined && (
            <Field
              label="Segredo do autenticador"
              htmlFor={id('totp')}
              error={errors.totp?.message}
              hint={secretHint('totp', 'Sem ele, o código é pedido a quem executa.')}
            >
              <SecretInput {...field('totp')} label="o segredo" stored={section.totp !== ''} />
            </Field>
          )}
        </fieldset>
        {canEdit && (section.password || section.totp) && (
          <div className="flex flex-wrap gap-x-4 gap-y-1 text-[13px]">
            {(['password', 'totp'] as const)
              .filter((name) => section[name])
              .map((name) => (
                <label key={name} className="flex items-center gap-2 text-subtle">
                  <input type="checkbox" value={name} {...form.register('remover')} className="accent-accent" />
                  {name === 'password' ? 'Apagar a senha guardada' : 'Apagar o segredo guardado'}
                </label>
              ))}
          </div>
        )}
        <TestResult pending={test.isPending} result={test.data} error={test.error} />
        <div className="flex flex-wrap items-center justify-end gap-2 border-t pt-4">
          <Button busy={test.isPending} onClick={() => void tryLogin()} className="mr-auto">
            {!test.isPending && <Plug aria-hidden />}
            Testar conexão
          </Button>
          {canEdit && (
            <>
              <Button variant="ghost" disabled={!isDirty || save.isPending} onClick={() => form.reset(values)}>
                Desfazer
              </Button>
              <Button type="submit" variant="primary" busy={save.isPending} disabled={!isDirty}>
                Salvar
              </Button>
            </>
          )}
        </div>
      </form>
    </Card>
  )
}
