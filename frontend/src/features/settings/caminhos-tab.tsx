import { CircleCheck, CircleMinus, FolderOpen, LoaderCircle, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { UnsavedGuard } from '@/components/unsaved-guard'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Input } from '@/components/ui/input'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { ApiError, describeError } from '@/lib/api/client'
import { useCan } from '@/lib/api/queries'
import type { CaminhoSituacao } from '@/lib/api/types'
import { cn } from '@/lib/utils'
import { useCaminhos, useCheckCaminho, useSaveCaminhos } from './api/paths'
import { FolderDialog } from './components/folder-dialog'

export function CaminhosTab() {
  const { data, error, refetch } = useCaminhos()
  const canEdit = useCan('administrador')
  const save = useSaveCaminhos()
  const [typed, setTyped] = useState<Record<string, string>>({})
  const changed = Object.fromEntries(
    Object.entries(typed).filter(([key, value]) => data?.find((c) => c.chave === key)?.caminho !== value),
  )
  const dirty = Object.keys(changed).length > 0
  if (error) return <LoadError error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-96 rounded-xl" />
  const wrong = save.error instanceof ApiError ? save.error.campos : []
  const submit = () =>
    save.mutate(changed, {
      onSuccess: (result) => {
        setTyped({})
        toast.success(result.message)
      },
      onError: (e) => toast.error(describeError(e)),
    })
  return (
    <Card>
      <UnsavedGuard dirty={dirty} />
      <form
        aria-label="Caminhos"
        onSubmit={(e) => {
          e.preventDefault()
          submit()
        }}
      >
        <ul className="divide-y [&_button]:scroll-mb-16 [&_input]:scroll-mb-16">
          {data.map((c) => (
            <PathRow
              key={c.chave}
              stored={c}
              value={typed[c.chave] ?? c.caminho}
              onChange={(value) => setTyped((before) => ({ ...before, [c.chave]: value }))}
              canEdit={canEdit}
              error={wrong.find((w) => w.campo.split('.').at(-1) === c.chave)?.mensagem}
            />
          ))}
        </ul>
        {canEdit && (
          <div className="sticky bottom-0 flex justify-end gap-2 rounded-b-xl border-t bg-surface px-5 py-3">
            <Button variant="ghost" disabled={!dirty} onClick={() => setTyped({})}>
              Desfazer
            </Button>
            <Button type="submit" variant="primary" disabled={!dirty} busy={save.isPending}>
              Salvar
            </Button>
          </div>
        )}
      </form>
    </Card>
  )
}

interface PathRowProps {
  stored: CaminhoSituacao
  value: string
  onChange: (value: string) => void
  canEdit: boolean
  error: string | undefined
}

function PathRow({ stored, value, onChange, canEdit, error }: PathRowProps) {
  const [choosing, setChoosing] = useState(false)
  const check = useCheckCaminho()
  const id = `caminho-${stored.chave}`
  const changed = value !== stored.caminho
  const found = changed ? check.data?.find((c) => c.caminho === value) : stored
  const verify = (path: string) => {
    if (path !== stored.caminho) check.mutate({ [stored.chave]: path })
  }
  return (
    <li className="grid gap-x-4 gap-y-2 px-5 py-4 md:grid-cols-[13rem_minmax(0,1fr)]">
      <label htmlFor={id} className="text-[13px] font-medium md:pt-1.5">
        {stored.descricao || stored.chave}
      </label>
      <div className="min-w-0">
        <div className="flex gap-2">
          <Input
            id={id}
            value={value}
            readOnly={!canEdit}
            spellCheck={false}
            autoComplete="off"
            placeholder="Não está em uso"
            aria-invalid={error !== undefined}
            aria-describedby={`${id}-nota`}
            onChange={(e) => onChange(e.target.value)}
            onBlur={(e) => verify(e.target.value)}
            className="font-mono text-xs"
          />
          {canEdit && (
            <Button size="icon" aria-label={`Escolher pasta: ${stored.descricao || stored.chave}`} title="Escolher pasta" onClick={() => setChoosing(true)}>
              <FolderOpen aria-hidden />
            </Button>
          )}
        </div>
        <p id={`${id}-nota`} className={cn('mt-1.5 flex items-center gap-1.5 text-xs', error ? 'text-danger' : 'text-subtle')}>
          {error ?? <Finding checking={check.isPending} found={found} />}
        </p>
      </div>
      {choosing && (
        <FolderDialog
          label={stored.descricao || stored.chave}
          onClose={() => setChoosing(false)}
          onPick={(path) => {
            setChoosing(false)
            onChange(path)
            verify(path)
          }}
        />
      )}
    </li>
  )
}

function Finding({ checking, found }: { checking: boolean; found: CaminhoSituacao | undefined }) {
  if (checking) {
    return (
      <>
        <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
        Conferindo…
      </>
    )
  }
  if (!found) return <>Ainda não conferido.</>
  if (!found.caminho) {
    return (
      <>
        <CircleMinus className="size-3.5" aria-hidden />
        {found.mensagem}
      </>
    )
  }
  return found.ok ? (
    <>
      <CircleCheck className="size-3.5 text-success" aria-hidden />
      {found.mensagem}
    </>
  ) : (
    <>
      <TriangleAlert className="size-3.5 text-warning" aria-hidden />
      {found.mensagem}
    </>
  )
}
