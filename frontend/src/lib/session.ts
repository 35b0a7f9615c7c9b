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
