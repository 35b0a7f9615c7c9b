import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, describeError } from '@/lib/api/client'
import { keys, queryClient } from '@/lib/api/queries'
import type { Sistema, SistemaResult } from '@/lib/api/types'

type Sistemas = Record<string, Sistema>
type Change = (sistema: Sistema) => Sistema

function patch(id: string, change: Change): void {
  queryClient.setQueryData<Sistemas>(keys.sistemas, (all) => {
    const sistema = all?.[id]
    return sistema ? { ...all, [id]: change(sistema) } : all
  })
}

/** Shows the change at once; `undo` puts back only what this change touched. */
async function optimistic(id: string, change: Change, undo: Change, send: () => Promise<SistemaResult>): Promise<void> {
  await queryClient.cancelQueries({ queryKey: keys.sistemas })
  patch(id, change)
  try {
    await send()
  } catch (error) {
    patch(id, undo)
    throw error
  }
}

function setAtivo(id: string, ativo: boolean): Promise<void> {
  return optimistic(
    id,
    (s) => ({ ...s, ativo }),
    (s) => ({ ...s, ativo: !ativo }),
    () => api<SistemaResult>(`/sistemas/${id}/toggle`, { method: 'PATCH', query: { ativo } }),
  )
}

export function useToggle() {
  return useMutation({
    mutationFn: ({ id, ativo }: { id: string; ativo: boolean }) => setAtivo(id, ativo),
    onError: (error) => toast.error(describeError(error)),
  })
}

/** Switches several at once and tells of the failures together. */
export function useToggleMany() {
  return useMutation({
    mutationFn: async ({ ids, ativo }: { ids: string[]; ativo: boolean }) => {
      const results = await Promise.allSettled(ids.map((id) => setAtivo(id, ativo)))
      const failed = results.filter((r) => r.status === 'rejected')
      if (failed[0]) throw failed[0].reason
    },
    onError: (error) => toast.error(describeError(error)),
  })
}

export function useOpcao() {
  return useMutation({
    mutationFn: ({ id, opcao, valor }: { id: string; opcao: string; valor: boolean }) => {
      const set =
        (v: boolean): Change =>
        (s) => ({ ...s, opcoes: { ...s.opcoes, [opcao]: v } })
      return optimistic(id, set(valor), set(!valor), () =>
        api<SistemaResult>(`/sistemas/${id}/opcao`, { method: 'PATCH', query: { opcao, valor } }),
      )
    },
    onError: (error) => toast.error(describeError(error)),
  })
}
