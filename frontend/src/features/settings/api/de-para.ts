import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { queryClient } from '@/lib/api/queries'
import type { CommandResult, DePara, DeParaDone, DeParaRow } from '@/lib/api/types'

export const DE_PARA = ['de-para'] as const

export interface Typed {
  fundo: string
  pasta: string
}

export function useDePara() {
  return useQuery({ queryKey: DE_PARA, queryFn: ({ signal }) => api<DePara>('/de-para', { signal }) })
}

/** Puts the rows as the hub now has them in the list, without reading thousands of others again. */
function patch(change: (itens: DeParaRow[]) => DeParaRow[]): void {
  queryClient.setQueryData<DePara>(DE_PARA, (old) => {
    if (!old) return old
    const itens = change(old.itens).sort((a, b) => a.fundo.localeCompare(b.fundo, 'pt-BR'))
    return { itens, total: itens.length }
  })
}

// What somebody else did meanwhile is why a change was refused.
const readAgain = { onError: () => queryClient.invalidateQueries({ queryKey: DE_PARA }) }

/** Adds a row, or changes `row` as it was read. */
export function useSaveDePara(row: DeParaRow | null) {
  return useMutation({
    mutationFn: (typed: Typed) =>
      row
        ? api<DeParaDone>(`/de-para/${row.id}`, { method: 'PUT', body: { ...typed, antes: { fundo: row.fundo, pasta: row.pasta } } })
        : api<DeParaDone>('/de-para', { method: 'POST', body: typed }),
    onSuccess: ({ item }) => patch((itens) => [...itens.filter((i) => i.id !== item.id), item]),
    ...readAgain,
  })
}

export function useDeleteDePara() {
  return useMutation({
    mutationFn: (row: DeParaRow) => api<CommandResult>(`/de-para/${row.id}`, { method: 'DELETE' }),
    onSuccess: (_, row) => patch((itens) => itens.filter((i) => i.id !== row.id)),
    ...readAgain,
  })
}
