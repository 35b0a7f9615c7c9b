import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { queryClient } from '@/lib/api/queries'
import type { CommandResult, Papel, Token, TokenMade } from '@/lib/api/types'

const KEY = ['tokens'] as const

export function useTokens() {
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => api<Token[]>('/tokens', { signal }) })
}

export interface TokenWish {
  nome: string
  papel: Papel
  dias: number
}

const changed = { onSuccess: () => queryClient.invalidateQueries({ queryKey: KEY }) }

/** The answer holds the secret, which is never told again. */
export function useMakeToken() {
  return useMutation({
    mutationFn: (wish: TokenWish) => api<TokenMade>('/tokens', { method: 'POST', body: wish }),
    ...changed,
  })
}

export function useRevokeToken() {
  return useMutation({
    mutationFn: (id: number) => api<CommandResult>(`/tokens/${id}`, { method: 'DELETE' }),
    ...changed,
  })
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (body: { atual: string; nova: string; codigo: string }) =>
      api<CommandResult>('/auth/senha', { method: 'POST', body }),
  })
}
