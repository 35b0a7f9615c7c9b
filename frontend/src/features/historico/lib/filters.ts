import type { JobStatus } from '@/lib/api/types'

export const PAGE_SIZE = 25

export interface JobFilters {
  status: JobStatus | ''
  sistema: string
  /** Days (ISO), both included; "" leaves that side open. */
  de: string
  ate: string
  page: number
}

const STATUSES: readonly string[] = ['pending', 'running', 'completed', 'error', 'cancelled']
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The filters in an address; what makes no sense there is left out. */
export function readFilters(search: URLSearchParams): JobFilters {
  const status = search.get('status') ?? ''
  const [de, ate] = [search.get('de') ?? '', search.get('ate') ?? '']
  const page = Number(search.get('pagina') ?? '1')
  return {
    status: STATUSES.includes(status) ? (status as JobStatus) : '',
    sistema: search.get('sistema') ?? '',
    de: DAY.test(de) ? de : '',
    ate: DAY.test(ate) ? ate : '',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  }
}

export function writeFilters({ status, sistema, de, ate, page }: JobFilters): URLSearchParams {
  const search = new URLSearchParams()
  if (status) search.set('status', status)
  if (sistema) search.set('sistema', sistema)
  if (de) search.set('de', de)
  if (ate) search.set('ate', ate)
  if (page > 1) search.set('pagina', String(page))
  return search
}
