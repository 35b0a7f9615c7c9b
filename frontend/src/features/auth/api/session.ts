import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { keys, queryClient } from '@/lib/api/queries'
import type { CommandResult, LoginOptions, LogoutResult, Usuario } from '@/lib/api/types'
import { hub } from '@/lib/live/socket'
import { rememberSession, useSession } from '@/lib/session'

export interface Credentials {
  username: string
  password: string
  codigo: string
}

const options = {
  queryKey: ['login'],
  queryFn: ({ signal }: { signal: AbortSignal }) => api<LoginOptions>('/auth/opcoes', { signal }),
  staleTime: Infinity,
  gcTime: Infinity,
  retry: false,
}

/** The ways to log in. When the hub does not say, the password is tried. */
export function useLoginOptions() {
  return useQuery(options)
}

/** Asks for them before they are needed. */
export function loadLoginOptions(): void {
  queryClient.query(options).catch(() => undefined)
}

/** There is a session again: of this page's first login, or of one over the page. */
export function sessionBegun(usuario: Usuario): void {
  rememberSession(true)
  queryClient.setQueryData(keys.me, usuario)
  const again = useSession.getState().expired
  useSession.getState().renew()
  if (!again) return
  // Here and not in the dialog, which is gone as soon as the session is renewed.
  hub.reopen()
  void queryClient.invalidateQueries()
}

export function useLogin() {
  return useMutation({
    mutationFn: (credentials: Credentials) =>
      api<CommandResult & { usuario: Usuario }>('/auth/login', { method: 'POST', body: credentials }),
    onSuccess: ({ usuario }) => sessionBegun(usuario),
  })
}

export function useLogout() {
  return useMutation({
    mutationFn: () => api<LogoutResult>('/auth/logout', { method: 'POST' }),
    // A full load: nothing of one user's data stays in memory for the next.
    onSettled: (result) => {
      rememberSession(false)
      location.assign(result?.sair_em ?? '/login')
    },
  })
}
