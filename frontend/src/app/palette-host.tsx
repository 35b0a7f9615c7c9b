import { lazy, Suspense, useEffect } from 'react'
import { usePalette } from '@/lib/palette'

const CommandPalette = lazy(async () => ({ default: (await import('@/features/palette/command-palette')).CommandPalette }))

/** Listens for Ctrl+K; the palette itself is fetched the first time it is wanted. */
export function PaletteHost() {
  const { open, before, setOpen } = usePalette()
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return
      event.preventDefault()
      const { open: shown } = usePalette.getState()
      // A dialog wants its answer first: the palette would lie over it and lead away from it.
      if (!shown && document.querySelector('[role=dialog], [role=alertdialog]')) return
      setOpen(!shown)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [setOpen])
  useEffect(() => {
    if (!open && before instanceof HTMLElement) before.focus()
  }, [open, before])
  return open ? (
    <Suspense fallback={null}>
      <CommandPalette />
    </Suspense>
  ) : null
}
