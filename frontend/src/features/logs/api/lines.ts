import { api, withQuery } from '@/lib/api/client'
import type { LogLevel, LogPage } from '@/lib/api/types'
import type { FetchLines } from '../lib/job-log'

export interface LineFilter {
  level: LogLevel | ''
  sistema: string
  q: string
}

export const NO_FILTER: LineFilter = { level: '', sistema: '', q: '' }

/** Reads a job's lines from the hub, those that match only. */
export function linesOf(jobId: number, filter: LineFilter = NO_FILTER): FetchLines {
  return (range, signal) => api<LogPage>(`/jobs/${jobId}/logs`, { query: { ...range, ...filter }, signal })
}

export function downloadUrl(jobId: number): string {
  return withQuery(`/api/jobs/${jobId}/logs/download`)
}
