import { FileText } from 'lucide-react'
import { Empty } from '@/components/ui/empty'
import { formatInteger, plural } from '@/lib/format'
import { type FilteredLog, MAX_MATCHES } from '../lib/filtered-log'
import type { JobLog } from '../lib/job-log'
import { useLogValue } from '../use-job-log'

interface LogFooterProps {
  log: JobLog
  filtered: FilteredLog | null
  follow: boolean
}

/** How many lines there are, and what the list is doing. */
export function LogFooter({ log, filtered, follow }: LogFooterProps) {
  const total = useLogValue(log, (l) => l?.count ?? 0)
  const count = useLogValue(filtered, (f) => f?.count ?? 0)
  const complete = useLogValue(filtered, (f) => f?.complete ?? true)
  const full = useLogValue(filtered, (f) => f?.full ?? false)
  const failed = useLogValue(filtered, (f) => f?.failed ?? false)
  return (
    <p className="tabular flex h-8 shrink-0 items-center gap-3 border-t px-4 text-xs text-subtle">
      <span data-testid="linhas">
        {filtered
          ? `${formatInteger(count)}${complete ? '' : '+'} de ${plural(total, 'linha', 'linhas')}`
          : plural(total, 'linha', 'linhas')}
      </span>
      {full && (
        <span className="truncate text-warning">
          Só as últimas {formatInteger(MAX_MATCHES)} são mostradas: refine o filtro.
        </span>
      )}
      {failed && <span className="truncate text-warning">A busca falhou; tentando de novo.</span>}
      <span className="ml-auto shrink-0">{follow ? 'Acompanhando o fim' : 'Pausado'}</span>
    </p>
  )
}

/** What stands in the place of lines while there are none. */
export function NoLines({ filtered, waiting }: { filtered: FilteredLog | null; waiting: boolean }) {
  const pending = useLogValue(filtered, (f) => f?.pending ?? false)
  const title = filtered
    ? pending
      ? 'Procurando…'
      : 'Nenhuma linha corresponde'
    : waiting
      ? 'Aguardando a primeira linha'
      : 'Esta execução não escreveu nenhuma linha'
  return (
    <Empty icon={FileText} title={title} className="flex-1">
      {filtered && !pending && 'Mude o filtro para ver as demais.'}
    </Empty>
  )
}
