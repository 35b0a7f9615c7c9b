import { CircleCheck, TriangleAlert } from 'lucide-react'
import { Link, useSearchParams } from 'react-router'
import { SistemaIcon } from '@/components/sistema-icon'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { useCan, useSistemas } from '@/lib/api/queries'
import { cn } from '@/lib/utils'
import { useCredentials, useSituacoes } from './api/credentials'
import { CredentialForm } from './components/credential-form'
import { sectionOf } from './lib/credentials'

/** On a phone the list is one row: bring the chosen one into sight. */
function showInRow(link: HTMLAnchorElement | null): void {
  link?.scrollIntoView({ inline: 'center', block: 'nearest' })
}

export function CredenciaisTab() {
  const [search] = useSearchParams()
  const sistemas = useSistemas()
  const credentials = useCredentials()
  const situacoes = useSituacoes()
  const canEdit = useCan('administrador')
  const error = credentials.error ?? sistemas.error
  if (error) return <LoadError error={error} retry={() => void credentials.refetch()} />
  if (!credentials.data || !sistemas.data) return <Skeleton className="h-96 rounded-xl" />
  const chosen = sistemas.data.find((s) => s.id === search.get('sistema')) ?? sistemas.data[0]
  return (
    <div className="grid items-start gap-4 md:grid-cols-[14rem_minmax(0,1fr)]">
      <nav aria-label="Sistemas" className="flex gap-1 overflow-x-auto pb-1 md:flex-col md:overflow-visible md:pb-0">
        {sistemas.data.map((s) => {
          const situacao = situacoes.data?.[s.id]
          const ok = situacao?.situacao === 'ok'
          return (
            <Link
              key={s.id}
              to={`?sistema=${s.id}`}
              ref={s.id === chosen?.id ? showInRow : undefined}
              aria-current={s.id === chosen?.id ? 'page' : undefined}
              className={cn(
                'flex h-9 shrink-0 items-center gap-2.5 rounded-md px-2.5 text-[13px] font-medium transition-colors',
                s.id === chosen?.id ? 'bg-muted' : 'text-subtle hover:bg-hover hover:text-foreground',
              )}
            >
              <SistemaIcon name={s.icone} className="size-4 shrink-0" />
              <span className="flex-1 truncate">{s.nome}</span>
              {situacao &&
                (ok ? (
                  <CircleCheck className="size-3.5 text-success" role="img" aria-label="Pronta" />
                ) : (
                  <TriangleAlert className="size-3.5 text-warning" role="img" aria-label={situacao.mensagem} />
                ))}
            </Link>
          )
        })}
      </nav>
      {chosen && (
        <CredentialForm
          key={chosen.id}
          sistema={chosen}
          section={sectionOf(credentials.data.data, chosen.id)}
          etag={credentials.data.etag}
          situacao={situacoes.data?.[chosen.id]}
          canEdit={canEdit}
        />
      )}
    </div>
  )
}
