import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { toLine } from '@/lib/live/messages'
import { hub } from '@/lib/live/socket'
import { type LineFilter, linesOf } from './api/lines'
import { FilteredLog } from './lib/filtered-log'
import { JobLog, type LogSource } from './lib/job-log'

const MAX_HITS = 5000

/** A job's log, followed live; `last` is the number of lines that the job had when it was asked for. */
export function useJobLog(jobId: number, last: number): JobLog {
  // Only the first `last` counts: from then on the log knows better.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const log = useMemo(() => new JobLog(linesOf(jobId), 1, last), [jobId])
  useEffect(() => {
    const stopListening = hub.listen((message) => {
      if (message.type === 'logs') {
        const lines = message.payload.filter((p) => p.job_id === jobId)
        if (lines.length > 0) log.put(lines.map(toLine))
      } else if (message.type === 'log' && message.payload.job_id === jobId) log.put([toLine(message.payload)])
    })
    const unfollow = hub.follow(jobId, () => log.last)
    return () => {
      unfollow()
      stopListening()
      log.dispose()
    }
  }, [jobId, log])
  return log
}

/** The lines that match `filter`, growing with the log; null while nothing is filtered. */
export function useFiltered(log: JobLog, jobId: number, filter: LineFilter, forHits = false): FilteredLog | null {
  const { level, sistema, q } = filter
  const filtered = useMemo(
    () =>
      level || sistema || q
        ? new FilteredLog(linesOf(jobId, { level, sistema, q }), forHits ? { max: MAX_HITS, eager: true } : {})
        : null,
    [jobId, level, sistema, q, forHits],
  )
  useEffect(() => {
    if (!filtered) return
    filtered.start()
    const stop = log.notifier.subscribe(() => filtered.grown())
    return () => {
      stop()
      filtered.dispose()
    }
  }, [filtered, log])
  return filtered
}

const nothing = (): (() => void) => () => undefined

/** A value of a log, read again whenever the log changes; the reader draws anew only when the value did. */
export function useLogValue<S extends LogSource, T extends string | number | boolean>(
  source: S | null,
  read: (source: S | null) => T,
): T {
  return useSyncExternalStore(source?.notifier.subscribe ?? nothing, () => read(source))
}
