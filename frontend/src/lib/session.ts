import { create } from 'zustand'

interface Session {
  /** The hub refused a call because the login ended while the page was in use. */
  expired: boolean
  expire: () => void
  renew: () => void
}

export const useSession = create<Session>((set) => ({
  expired: false,
  expire: () => set({ expired: true }),
  renew: () => set({ expired: false }),
}))

const HINT = 'etlhub.sessao'

/** Notes that this browser holds a session (its cookie cannot be read from here). */
export function rememberSession(held: boolean): void {
  try {
    if (held) localStorage.setItem(HINT, '1')
    else localStorage.removeItem(HINT)
  } catch {
    // storage is blocked: the hub is asked each time
  }
}

/** Whether this browser was logged in when it last looked. */
export function sessionNoted(): boolean {
  try {
    return localStorage.getItem(HINT) !== null
  } catch {
    return false
  }
}

/**
 * Whether it is worth asking the hub who is logged in: a refusal would stand as an error in the console of everyone who
 * comes to log in. Without the note, Django's login page tells, for it sends whoever holds a session on.
 */
export async function mayHaveSession(): Promise<boolean> {
  try {
    if (sessionNoted()) return true
    const page = await fetch('/entrar/', { redirect: 'manual', credentials: 'same-origin' })
    return page.type === 'opaqueredirect' || page.status >= 500
  } catch {
    return true
  }
}
