import { create } from 'zustand'

interface Palette {
  open: boolean
  /** What had the focus before, to get it back. */
  before: Element | null
  setOpen: (open: boolean) => void
}

export const usePalette = create<Palette>((set) => ({
  open: false,
  before: null,
  setOpen: (open) => set(open ? { open, before: document.activeElement } : { open }),
}))
