import type { Job, JobSistema } from '@/lib/api/types'
import { formatDuration } from '@/lib/format'

export interface Pace {
  progresso: number
  tentativa: number
  /** Seconds since the run began; null while it has not. */
  elapsed: number | null
  /** Seconds that a good run of this sistema takes; null where none is known. */
  expected: number | null
}

/** How far a run is: "42% · 12 s de ~30 s"; beyond what it usually takes, "95% · 41 s, em geral 30 s". */
export function describePace({ progresso, tentativa, elapsed, expected }: Pace): string {
  const parts = [`${progresso}%`]
  if (tentativa > 1) parts.unshift(`tentativa ${tentativa}`)
  if (elapsed !== null) parts.push(duration(elapsed, expected === null ? null : Math.round(expected)))
  return parts.join(' · ')
}

function duration(elapsed: number, expected: number | null): string {
  const taken = formatDuration(elapsed)
  if (expected === null) return taken
  return elapsed > expected ? `${taken}, em geral ${formatDuration(expected)}` : `${taken} de ~${formatDuration(expected)}`
}

/** Of each sistema its part in each of the jobs, by the job's number. */
export function partsOf(jobs: readonly Job[]): Map<string, Map<number, JobSistema>> {
  const parts = new Map<string, Map<number, JobSistema>>()
  for (const job of jobs) {
    for (const part of job.sistemas) parts.set(part.sistema_id, (parts.get(part.sistema_id) ?? new Map<number, JobSistema>()).set(job.id, part))
  }
  return parts
}
