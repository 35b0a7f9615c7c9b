import { create } from 'zustand'

interface Notify {
  /** The user wants a desktop notification when a job ends; each browser must allow it besides (preferences.ts). */
  wanted: boolean
  /** This browser allows it. */
  allowed: boolean
}

const allowed = (): boolean => canNotify() && Notification.permission === 'granted'

export const useNotify = create<Notify>(() => ({ wanted: false, allowed: allowed() }))

export function canNotify(): boolean {
  return 'Notification' in window
}

/** Asks the browser's permission, where it was not given yet. */
export async function allowNotify(): Promise<boolean> {
  if (canNotify()) await Notification.requestPermission()
  useNotify.setState({ allowed: allowed() })
  return allowed()
}

/** Tells of something on the desktop, when that is wanted and the page is not being looked at. */
export function notify(title: string, body: string, onClick: () => void): void {
  if (!useNotify.getState().wanted || document.visibilityState === 'visible' || !allowed()) return
  const notification = new Notification(title, { body, icon: '/favicon.svg', tag: title })
  notification.onclick = () => {
    window.focus()
    onClick()
    notification.close()
  }
}
