import { create } from 'zustand'

interface Palette {
  open: boolean
  setOpen: (open: boolean) => void
}

export const usePalette = create<Palette>((set) => ({ open: false, setOpen: (open) => set({ open }) }))
