import { create } from 'zustand'

interface CodePrompt {
  /** The execution whose wish for a code was put aside; a card can bring it back. */
  dismissed: number | null
  dismiss: (executionId: number) => void
  reopen: () => void
}

export const useCodePrompt = create<CodePrompt>((set) => ({
  dismissed: null,
  dismiss: (dismissed) => set({ dismissed }),
  reopen: () => set({ dismissed: null }),
}))
