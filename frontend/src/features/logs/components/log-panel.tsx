import { useCallback, useDeferredValue, useMemo, useRef, useState } from 'react'
import { toast } from 'sonner'
import type { Job } from '@/lib/api/types'
import { formatInteger } from '@/lib/format'
import { isJobActive } from '@/lib/jobs'
import { useLogWrap } from '@/lib/log-wrap'
import { prefer } from '@/lib/preferences'
import { type LineFilter, NO_FILTER } from '../api/lines'
import type { FilteredLog } from '../lib/filtered-log'
import type { LogSource } from '../lib/job-log'
import { useFiltered, useJobLog, useLogValue } from '../use-job-log'
import { LogFooter, NoLines } from './log-footer'
import { LogSearch } from './log-search'
import { LogToolbar } from './log-toolbar'
import { LogView } from './log-view'

interface LogPanelProps {
  job: Job
  /** A line that the address asks for. */
  line: number | null
  /** The level to begin with. */
  level: LineFilter['level']
}

/** A job's log with its tools. Mount anew (key) for another job. */
export function LogPanel({ job, line, level }: LogPanelProps) {
  const log = useJobLog(job.id, job.log_linhas)
  const [filter, setFilter] = useState<LineFilter>({ ...NO_FILTER, level })
  const [only, setOnly] = useState(false)
  const [deltas, setDeltas] = useState(false)
  const wrap = useLogWrap((s) => s.wrap)
  const [follow, setFollow] = useState(line === null)
  const [target, setTarget] = useState<{ seq: number } | null>(line === null ? null : { seq: line })
  const [hit, setHit] = useState(-1)
  const topSeq = useRef(0)
  const onTop = useCallback((seq: number) => {
    topSeq.current = seq
  }, [])

  const needle = useDeferredValue(filter.q.trim())
  const base = useMemo(() => ({ ...filter, q: only ? needle : '' }), [filter, only, needle])
  const filtered = useFiltered(log, job.id, base)
  const searched = useMemo(() => (needle ? { ...filter, q: needle } : NO_FILTER), [filter, needle])
  const hits = useFiltered(log, job.id, searched, true)
  const source: LogSource = filtered ?? log
  const empty = useLogValue(source, (s) => s?.count === 0)
  const sistemas = useLogValue(log, (l) => [...(l?.sistemas ?? [])].sort().join('\n'))

  const change = useCallback((part: Partial<LineFilter>) => {
    setFilter((before) => ({ ...before, ...part }))
    setHit(-1)
    // Another choice of lines begins where a log does its talking: at the end.
    if (part.q === undefined) setFollow(true)
  }, [])
  const step = (by: 1 | -1) => {
    if (!hits?.count) return
    const next = hit === -1 ? nearest(hits, topSeq.current, by) : (hit + by + hits.count) % hits.count
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

  return (
    <>
      <LogToolbar
        jobId={job.id}
        filter={filter}
        onFilter={change}
        sistemas={sistemas}
        wrap={wrap}
        onWrap={(wrap) => void prefer({ quebrar_linhas: wrap })}
        deltas={deltas}
        onDeltas={setDeltas}
        follow={follow}
        onFollow={setFollow}
      >
        <LogSearch
          value={filter.q}
          onChange={(q) => change({ q })}
          hits={hits}
          current={hit}
          onStep={step}
          only={only}
          onOnly={setOnly}
        />
      </LogToolbar>
      <div className="flex min-h-72 flex-1 flex-col overflow-hidden rounded-xl border bg-surface">
        {empty ? (
          <NoLines filtered={filtered} waiting={isJobActive(job)} />
        ) : (
          <LogView
            key={filtered ? `${base.level}|${base.sistema}|${base.q}` : 'all'}
            jobId={job.id}
            source={source}
            wrap={wrap}
            needle={needle}
            deltas={deltas}
            follow={follow}
            onFollow={setFollow}
            target={target}
            onLink={copyLink}
            onTop={onTop}
            className="flex-1"
          />
        )}
        <LogFooter log={log} filtered={filtered} follow={follow} />
      </div>
    </>
  )
}

/** The hit to begin with: the first one from the line on that is uppermost, or the last one before it. */
function nearest(hits: FilteredLog, topSeq: number, by: 1 | -1): number {
  const at = hits.indexOf(topSeq)
  const after = (hits.line(at)?.seq ?? 0) >= topSeq
  if (by === 1) return after ? at : 0
  return at > 0 && after ? at - 1 : hits.count - 1
}
