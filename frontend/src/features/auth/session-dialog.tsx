import { lazy, Suspense, useEffect } from 'react'
import { Modal } from '@/components/ui/dialog'
import { api } from '@/lib/api/client'
import type { Usuario } from '@/lib/api/types'
import { useSession } from '@/lib/session'
import { loadLoginOptions, sessionBegun } from './api/session'

// Not part of the first load; but fetched while the session lasts, for a newer hub may no longer have this file.
const SOON_MS = 3000
const form = () => import('./login-choices')
const LoginChoices = lazy(async () => ({ default: (await form()).LoginChoices }))

/** Asks for the password over the page when the session ended, so that nothing typed there is lost. */
export function SessionDialog({ username }: { username: string }) {
  const expired = useSession((s) => s.expired)
  useEffect(() => {
    const timer = setTimeout(() => {
      form().catch(() => undefined)
      loadLoginOptions()
    }, SOON_MS)
    return () => clearTimeout(timer)
  }, [])
  useLoginElsewhere(expired, username)
  return (
    <Modal
      open={expired}
      kind="alert"
      title="Sua sessão terminou"
      description="Entre de novo para continuar de onde parou. O que está na página foi mantido."
      className="max-w-sm"
    >
      <Suspense fallback={<div className="h-48" aria-busy />}>
        <LoginChoices username={username} next="/" keepPage />
      </Suspense>
    </Modal>
  )
}

/** Goes on when the same person has logged in in another tab; another person must not see this page. */
function useLoginElsewhere(expired: boolean, username: string) {
  useEffect(() => {
    if (!expired) return
    const look = () => {
      api<Usuario>('/auth/me').then(
        (me) => {
          if (me.username === username) sessionBegun(me)
          else location.reload()
        },
        () => undefined,
      )
    }
    window.addEventListener('focus', look)
    return () => window.removeEventListener('focus', look)
  }, [expired, username])
}
