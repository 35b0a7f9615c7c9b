import { useMutation, useQuery } from '@tanstack/react-query'
import { api, apiWithEtag } from '@/lib/api/client'
import { keys, queryClient } from '@/lib/api/queries'
import type { CommandResult } from '@/lib/api/types'
import type { CredentialsDocument } from '../lib/credentials'

const KEY = ['credentials'] as const
// The hub gives a login 26 seconds.
const TEST_TIMEOUT_MS = 40_000

export interface Situacao {
  situacao: string
  mensagem: string
  recusada_em: string | null
  tem_totp: boolean
  sem_login: boolean
}

export function useCredentials() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => apiWithEtag<CredentialsDocument>('/credentials', { signal }),
  })
}

export function useSituacoes() {
  return useQuery({
    queryKey: [...KEY, 'situacao'],
    queryFn: async ({ signal }) =>
      (await api<{ sistemas: Record<string, Situacao> }>('/credentials/situacao', { signal })).sistemas,
  })
}

export function useSaveCredentials() {
  return useMutation({
    mutationFn: ({ document, etag }: { document: CredentialsDocument; etag: string }) =>
      api<CommandResult>('/credentials', { method: 'POST', body: document, ifMatch: etag }),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: KEY })
      void queryClient.invalidateQueries({ queryKey: keys.jobs })
    },
  })
}

export interface TestResult extends CommandResult {
  codigo: string
  duracao_segundos: number
}

/** Tries the login with the typed fields, or with what is stored when there are none. */
export function useTestLogin(sistemaId: string) {
  return useMutation({
    mutationFn: (fields: Record<string, string | boolean>) =>
      api<TestResult>(`/credentials/${sistemaId}/test`, { method: 'POST', body: fields, timeoutMs: TEST_TIMEOUT_MS }),
    onSettled: () => void queryClient.invalidateQueries({ queryKey: [...KEY, 'situacao'] }),
  })
}
