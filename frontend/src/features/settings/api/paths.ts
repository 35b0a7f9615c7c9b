import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { keys, queryClient } from '@/lib/api/queries'
import type { CaminhoSituacao, CommandResult, Pastas } from '@/lib/api/types'

const KEY = ['caminhos'] as const

/** Every configured folder, and whether a run can use it. */
export function useCaminhos() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api<CaminhoSituacao[]>('/caminhos/validar', { signal, timeoutMs: 30_000 }),
  })
}

/** What the hub finds of paths that are not saved yet. */
export function useCheckCaminho() {
  return useMutation({
    mutationFn: (caminhos: Record<string, string>) =>
      api<CaminhoSituacao[]>('/caminhos/validar', { method: 'POST', body: { caminhos }, timeoutMs: 30_000 }),
  })
}

export function useSaveCaminhos() {
  return useMutation({
    mutationFn: (caminhos: Record<string, string>) =>
      api<CommandResult>('/config/paths', { method: 'PUT', body: caminhos }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: KEY })
      void queryClient.invalidateQueries({ queryKey: keys.jobs })
    },
  })
}

/** The folders of the hub's machine inside `caminho`; "" gives those where one may start. */
export function usePastas(caminho: string) {
  return useQuery({
    queryKey: [...KEY, 'pastas', caminho],
    queryFn: ({ signal }) => api<Pastas>('/caminhos/pastas', { query: { caminho }, signal }),
    placeholderData: (before) => before,
  })
}

export function useNewFolder() {
  return useMutation({
    mutationFn: (folder: { caminho: string; nome: string }) =>
      api<CommandResult>('/caminhos/pastas', { method: 'POST', body: folder }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...KEY, 'pastas'] }),
  })
}
