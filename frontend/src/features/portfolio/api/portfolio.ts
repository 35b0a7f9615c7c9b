import { useQuery } from '@tanstack/react-query'
import { api, withQuery } from '@/lib/api/client'
import type { Comparacao, Portfolio } from '@/lib/api/types'

interface View {
  fundo: string | null
  data: string | null
}

export function usePortfolio({ fundo, data }: View) {
  return useQuery({
    queryKey: ['portfolio', fundo, data],
    queryFn: ({ signal }) => api<Portfolio>('/portfolio', { query: { fundo, data }, signal }),
    placeholderData: (before) => before,
  })
}

export function useComparacao(fundo: string, de: string | null, ate: string | null) {
  return useQuery({
    queryKey: ['portfolio', 'comparar', fundo, de, ate],
    queryFn: ({ signal }) => api<Comparacao>('/portfolio/comparar', { query: { fundo, de, ate }, signal }),
    enabled: de !== null && ate !== null && de !== ate,
    placeholderData: (before) => before,
  })
}

export function exportUrl(formato: 'csv' | 'xlsx', { fundo, data }: View): string {
  return withQuery('/api/portfolio/export', { formato, fundo, data })
}
