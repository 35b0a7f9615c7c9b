/** How the user wants the interface: kept by the hub, so that it is the same on every computer; shown at once. */
import { toast } from 'sonner'
import { api, describeError } from '@/lib/api/client'
import type { Preferencias } from '@/lib/api/types'
import { useLogWrap, wrapByDefault } from '@/lib/log-wrap'
import { useNotify } from '@/lib/notify'
import { type Change, forgetOld, missing, readOld } from '@/lib/old-preferences'
import { showTheme, useTheme } from '@/lib/theme'

// Changes are sent one after the other: the last one made is the last one kept.
let queue: Promise<unknown> = Promise.resolve()
let made = 0

/** Reads what the hub keeps and shows it. Without an answer the page stays as it is. */
export async function loadPreferences(): Promise<void> {
  const before = made
  try {
    let kept = await api<Preferencias>('/me/preferencias')
    const old = missing(kept, readOld())
    if (Object.keys(old).length > 0) kept = await send(old)
    forgetOld()
    // What was changed meanwhile is newer than this answer, saved already or not.
    if (made === before) show(kept)
  } catch {
    // A later visit asks again.
  }
}

/** Shows a change at once and keeps it; puts it back when the hub refuses. */
export async function prefer(change: Change): Promise<void> {
  const before = shown()
  show({ ...before, ...change })
  made += 1
  const sent = queue.then(() => send(change))
  queue = sent.catch(() => undefined)
  try {
    await sent
  } catch (error) {
    const now = shown()
    const unchanged = Object.entries(change).filter(([name, value]) => now[name as keyof Preferencias] === value)
    show({ ...now, ...Object.fromEntries(unchanged.map(([name]) => [name, before[name as keyof Preferencias]])) })
    toast.error(`A preferência não foi salva. ${describeError(error)}`)
  }
}

const send = (change: Change) => api<Preferencias>('/me/preferencias', { method: 'PATCH', body: change })

function shown(): Preferencias {
  return {
    tema: useTheme.getState().theme,
    avisos: useNotify.getState().wanted,
    quebrar_linhas: useLogWrap.getState().wrap,
  }
}

function show(preferences: Preferencias): void {
  showTheme(preferences.tema ?? 'system')
  useNotify.setState({ wanted: preferences.avisos ?? false })
  useLogWrap.setState({ wrap: preferences.quebrar_linhas ?? wrapByDefault() })
}
