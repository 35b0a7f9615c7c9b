import type { ExecutionState, Job, JobSistema, Transicao } from '@/lib/api/types'

/** A stretch of an execution in one state; times in epoch milliseconds. */
export interface Segment {
  from: number
  to: number
  kind: 'waiting' | 'running' | 'success' | 'error' | 'cancelled'
  tentativa: number
}

export interface TimelineRow {
  sistema: JobSistema
  segments: Segment[]
  /** Seconds from the start of its first attempt to its end, or to now; null while it has not started. */
  seconds: number | null
}

export interface Timeline {
  from: number
  to: number
  rows: TimelineRow[]
}

const time = (iso: string): number => new Date(iso).getTime()
const isRunning = (state: ExecutionState): boolean => state === 'running' || state === 'cancelling'

/** When each sistema of a job waited and ran, attempt by attempt; what has not ended reaches to `now`. */
export function buildTimeline(job: Job, changes: readonly Transicao[], now: number): Timeline {
  const from = time(job.created_at)
  const end = job.finished_at ? time(job.finished_at) : now
  const rows = job.sistemas.map((sistema) => {
    const segments = segmentsOf(sistema, changes.filter((c) => c.execution_id === sistema.execution_id), from, end)
    return { sistema, segments, seconds: job.finished_at ? sistema.duracao_segundos : elapsed(segments) }
  })
  return { from, to: Math.max(end, from + 1000), rows }
}

/** The stored duration is of when the job was fetched; while it goes on the segments know better. */
function elapsed(segments: readonly Segment[]): number | null {
  const runs = segments.filter((s) => s.kind !== 'waiting')
  const [first, last] = [runs[0], runs.at(-1)]
  return first && last ? (last.to - first.from) / 1000 : null
}

function segmentsOf(sistema: JobSistema, changes: readonly Transicao[], from: number, end: number): Segment[] {
  const segments: Segment[] = []
  let at = from
  let state: ExecutionState = 'pending'
  let tentativa = 1
  const close = (to: number, next: ExecutionState): void => {
    const kind = isRunning(state) ? outcome(next) : 'waiting'
    const last = segments.at(-1)
    // Waiting to be queued and being queued are one wait; running and being cancelled are one run.
    const continues = last?.kind === kind || (last?.kind === 'running' && isRunning(state))
    if (last && continues && last.to === at) {
      last.to = to
      last.kind = kind
    } else if (to > at) segments.push({ from: at, to, kind, tentativa })
  }
  for (const change of changes) {
    const moment = time(change.em)
    close(moment, change.para)
    at = moment
    state = change.para
    tentativa = Math.max(change.tentativa, 1)
  }
  const open = state === 'pending' || state === 'queued' || isRunning(state)
  if (open) close(sistema.finished_at ? time(sistema.finished_at) : end, state)
  return segments
}

function outcome(next: ExecutionState): Segment['kind'] {
  if (next === 'success' || next === 'cancelled' || next === 'error') return next
  // Back to the queue from running: that attempt failed and another follows.
  return isRunning(next) ? 'running' : 'error'
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400]

/** Round marks within a span, in seconds from its start: at most `most` of them. */
export function ticks(seconds: number, most = 6): number[] {
  const step = STEPS_S.find((s) => seconds / s <= most) ?? Math.ceil(seconds / most / 86_400) * 86_400
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step)
}
