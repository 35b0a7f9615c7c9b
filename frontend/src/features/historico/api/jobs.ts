import { useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import type { ArtefatoPage, Transicao } from '@/lib/api/types'

export const ARTEFATOS_PAGE = 50

export function useTransicoes(jobId: number, version: string) {
  return useQuery({
    queryKey: ['jobs', 'transicoes', jobId, version],
    queryFn: ({ signal }) => api<Transicao[]>(`/jobs/${jobId}/transicoes`, { signal }),
    placeholderData: (before) => before,
  })
}

/** `version` changes when a sistema of the job does: its files may have come. */
export function useArtefatos(jobId: number, page: number, version: string) {
  const query = { limit: ARTEFATOS_PAGE, offset: (page - 1) * ARTEFATOS_PAGE }
  return useQuery({
    queryKey: ['jobs', 'artefatos', jobId, page, version],
    queryFn: ({ signal }) => api<ArtefatoPage>(`/jobs/${jobId}/artefatos`, { query, signal }),
    placeholderData: (before) => before,
  })
}
