import { useMutation } from '@tanstack/react-query'
import { api } from '@/lib/api/client'
import { keys, queryClient } from '@/lib/api/queries'
import type { CommandResult, Usuario } from '@/lib/api/types'
import { hub } from '@/lib/live/socket'
import { rememberSession, useSession } from '@/lib/session'

export interface Credentials {
  username: string
  password: string
}

export function useLogin() {
  return useMutation({
    mutationFn: (credentials: Credentials) =>
      api<CommandResult & { usuario: Usuario }>('/auth/login', { method: 'POST', body: credentials }),
    onSuccess: ({ usuario }) => {
      rememberSession(true)
      queryClient.setQueryData(keys.me, usuario)
      const again = useSession.getState().expired
      useSession.getState().renew()
      if (!again) return
      // Here and not in the dialog, which is gone as soon as the session is renewed.
      hub.reopen()
      void queryClient.invalidateQueries()
    },
  })
}

export function useLogout() {
  return useMutation({
    mutationFn: () => api('/auth/logout', { method: 'POST' }),
    // A full load: nothing of one user's data stays in memory for the next.
    onSettled: () => {
      rememberSession(false)
      location.assign('/login')
    },
  })
}
