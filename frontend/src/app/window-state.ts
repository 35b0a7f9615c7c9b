import { useEffect } from 'react'
import { useSistemas } from '@/lib/api/queries'
import { isActive, shownStatus, useLive } from '@/lib/live/status'
import { usePageTitle } from '@/lib/title'

export type Mood = 'calm' | 'running' | 'failed'

/** Tells in the tab's title and icon how many sistemas run, or that one failed. */
export function WindowState(): null {
  const { data: sistemas } = useSistemas()
  const live = useLive((s) => s.sistemas)
  const title = usePageTitle((s) => s.title)
  const shown = (sistemas ?? []).map((s) => shownStatus(s, live[s.id]))
  const running = shown.filter(isActive).length
  const failed = shown.some((s) => s.status === 'ERROR')
  const mood: Mood = running ? 'running' : failed ? 'failed' : 'calm'
  useEffect(() => {
    const prefix = running ? `(${running}) ` : ''
    document.title = `${prefix}${title ? `${title} · ` : ''}ETL Hub`
  }, [running, title])
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (icon) icon.href = mood === 'calm' ? '/favicon.svg' : `/favicon-${mood}.svg`
  }, [mood])
  return null
}
