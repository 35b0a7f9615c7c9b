/** Server state that more than one feature reads. */
import { QueryClient, useQuery } from '@tanstack/react-query'
import { mayHaveSession, rememberSession, sessionNoted } from '@/lib/session'
import { api, ApiError, type Query } from './client'
import type { Calendario, Config, Job, JobPage, Papel, Sistema, Stats, Usuario } from './types'

const RETRIES = 2

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) =>
        count < RETRIES && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
    mutations: { retry: false },
  },
})

export const keys = {
  me: ['me'] as const,
  sistemas: ['sistemas'] as const,
  config: ['config'] as const,
  jobs: ['jobs'] as const,
  jobList: (filter: Record<string, unknown>) => ['jobs', 'list', filter] as const,
  job: (id: number) => ['jobs', 'one', id] as const,
  stats: (dias: number) => ['jobs', 'stats', dias] as const,
  calendario: (inicio: string, fim: string) => ['calendario', inicio, fim] as const,
}

/** Null when nobody is logged in. */
export async function fetchMe(): Promise<Usuario | null> {
  if (!(await mayHaveSession())) return null
  try {
    const me = await api<Usuario>('/auth/me')
    rememberSession(true)
    return me
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error
    rememberSession(false)
    return null
  }
}

const me = { queryKey: keys.me, queryFn: fetchMe, staleTime: 5 * 60_000 }

const sistemas = {
  queryKey: keys.sistemas,
  queryFn: ({ signal }: { signal: AbortSignal }) => api<Record<string, Sistema>>('/sistemas', { signal }),
}

// Whoever needs the data asks again and shows what went wrong.
const ignore = (): void => undefined

const job = (id: number) => ({
  queryKey: keys.job(id),
  queryFn: ({ signal }: { signal: AbortSignal }) => api<Job>(`/jobs/${id}`, { query: { logs: false }, signal }),
})

/** Asks for what every page, and the one at this address, needs while the page itself is still on its way. */
export function prefetch(): void {
  queryClient.query(me).catch(ignore)
  if (!sessionNoted()) return
  queryClient.query(sistemas).catch(ignore)
  const id = /^\/(?:logs|jobs)\/(\d{1,9})$/.exec(location.pathname)?.[1]
  if (id) queryClient.query(job(Number(id))).catch(ignore)
}

export function useMe() {
  return useQuery(me)
}

const RANK: Record<Papel, number> = { visualizador: 1, operador: 2, administrador: 3 }

/** Whether the user's role includes `papel`; the hub checks again. */
export function useCan(papel: Papel): boolean {
  const { data } = useMe()
  return data ? RANK[data.papel] >= RANK[papel] : false
}

export function useSistemas() {
  return useQuery({ ...sistemas, select: bySistemaOrder })
}

function bySistemaOrder(sistemas: Record<string, Sistema>): Sistema[] {
  return Object.values(sistemas).sort((a, b) => a.ordem - b.ordem || a.nome.localeCompare(b.nome))
}

interface JobQuery extends Query {
  status?: string
  sistema?: string
  de?: string
  ate?: string
  limit: number
  offset?: number
}

export function useJobs(filter: JobQuery) {
  return useQuery({
    queryKey: keys.jobList(filter),
    queryFn: ({ signal }) => api<JobPage>('/jobs', { query: filter, signal }),
    placeholderData: (previous) => previous,
  })
}

export function useJob(id: number | null) {
  return useQuery({ ...job(id ?? 0), enabled: id !== null })
}

export function useConfig() {
  return useQuery({ queryKey: keys.config, queryFn: ({ signal }) => api<Config>('/config', { signal }) })
}

export function useStats(dias = 30) {
  return useQuery({
    queryKey: keys.stats(dias),
    queryFn: ({ signal }) => api<Stats>('/stats', { query: { dias }, signal }),
  })
}

export function useCalendario(inicio: string, fim: string) {
  return useQuery({
    queryKey: keys.calendario(inicio, fim),
    queryFn: ({ signal }) => api<Calendario>('/calendario', { query: { inicio, fim }, signal }),
    staleTime: 60 * 60_000,
  })
}
