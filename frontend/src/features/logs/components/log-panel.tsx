import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { toast } from 'sonner'
import { Empty } from '@/components/ui/empty'
import { FileText } from 'lucide-react'
import type { Job } from '@/lib/api/types'
import { formatInteger, plural } from '@/lib/format'
import { isJobActive } from '@/lib/jobs'
import { type LineFilter, NO_FILTER } from '../api/lines'
import { MAX_MATCHES } from '../lib/filtered-log'
import { useFiltered, useJobLog } from '../use-job-log'
import { LogSearch } from './log-search'
import { LogToolbar } from './log-toolbar'
import { LogView } from './log-view'

const WRAP_KEY = 'etlhub.quebrar-linhas'

interface LogPanelProps {
  job: Job
  /** A line that the address asks for. */
  line: number | null
}

/** A job's log with its tools. Mount anew (key) for another job. */
export function LogPanel({ job, line }: LogPanelProps) {
  const log = useJobLog(job.id, job.log_linhas)
  const [filter, setFilter] = useState<LineFilter>(NO_FILTER)
  const [only, setOnly] = useState(false)
  const [wrap, setWrap] = useWrap()
  const [follow, setFollow] = useState(line === null)
  const [target, setTarget] = useState<{ seq: number } | null>(line === null ? null : { seq: line })
  const [hit, setHit] = useState(-1)

  const needle = useDeferredValue(filter.q.trim())
  const base = useMemo(() => ({ ...filter, q: only ? needle : '' }), [filter, only, needle])
  const filtered = useFiltered(log, job.id, base)
  const searched = useMemo(() => (needle ? { ...filter, q: needle } : NO_FILTER), [filter, needle])
  const hits = useFiltered(log, job.id, searched, true)
  const source = filtered ?? log

  useEffect(() => filtered?.setFollow(follow), [filtered, follow])

  const change = useCallback((part: Partial<LineFilter>) => {
    setFilter((before) => ({ ...before, ...part }))
    setHit(-1)
  }, [])
  const step = (by: 1 | -1) => {
    if (!hits?.count) return
    const next = hit === -1 && by === -1 ? hits.count - 1 : (hit + by + hits.count) % hits.count
    const found = hits.line(next)
    setHit(next)
    if (found) setTarget({ seq: found.seq })
  }
  const copyLink = useCallback(
    (seq: number) => {
      const url = `${location.origin}/logs/${job.id}?linha=${seq}`
      setTarget({ seq })
      navigator.clipboard.writeText(url).then(
        () => toast.success(`Link da linha ${formatInteger(seq)} copiado.`),
        () => toast.error('O navegador não permitiu copiar o link.'),
      )
    },
    [job.id],
  )

  const waiting = isJobActive(job)
  return (
    <>
      <LogToolbar
        jobId={job.id}
        filter={filter}
        onFilter={change}
        sistemas={[...log.sistemas].sort()}
        wrap={wrap}
        onWrap={setWrap}
        follow={follow}
        onFollow={setFollow}
      >
        <LogSearch
          value={filter.q}
          onChange={(q) => change({ q })}
          hits={hits && { count: hits.count, more: hits.full || !hits.caughtUp, current: hit }}
          onStep={step}
          only={only}
          onOnly={setOnly}
        />
      </LogToolbar>
      <div className="flex min-h-72 flex-1 flex-col overflow-hidden rounded-xl border bg-surface">
        {source.count === 0 ? (
          <Empty icon={FileText} title={emptyTitle(filtered ? filtered.caughtUp : null, waiting)} className="flex-1">
            {filtered?.caughtUp && 'Mude o filtro para ver as demais.'}
          </Empty>
        ) : (
          <LogView
            key={filtered ? `${base.level}|${base.sistema}|${base.q}` : 'all'}
            jobId={job.id}
            source={source}
            wrap={wrap}
            needle={needle}
            follow={follow}
            onFollow={setFollow}
            target={target}
            onLink={copyLink}
            className="flex-1"
          />
        )}
        <p className="tabular flex h-8 shrink-0 items-center gap-3 border-t px-4 text-xs text-subtle">
          <span>{filtered ? shownOf(filtered.count, filtered.caughtUp) : plural(log.count, 'linha', 'linhas')}</span>
          {filtered?.full && (
            <span className="text-warning">Só as primeiras {formatInteger(MAX_MATCHES)} são mostradas: refine o filtro.</span>
          )}
          {filtered?.failed && <span className="text-warning">A busca falhou; tentando de novo.</span>}
          <span className="ml-auto">{follow ? 'Acompanhando o fim' : 'Pausado'}</span>
        </p>
      </div>
    </>
  )
}

function emptyTitle(caughtUp: boolean | null, waiting: boolean): string {
  if (caughtUp === false) return 'Procurando…'
  if (caughtUp === true) return 'Nenhuma linha corresponde'
  return waiting ? 'Aguardando a primeira linha' : 'Esta execução não escreveu nenhuma linha'
}

function shownOf(count: number, caughtUp: boolean): string {
  return `${formatInteger(count)}${caughtUp ? '' : '+'} ${count === 1 ? 'linha corresponde' : 'linhas correspondem'}`
}

function useWrap(): [boolean, (wrap: boolean) => void] {
  const [wrap, setWrap] = useState(() => localStorage.getItem(WRAP_KEY) === '1')
  return [
    wrap,
    (next) => {
      localStorage.setItem(WRAP_KEY, next ? '1' : '0')
      setWrap(next)
    },
  ]
}
