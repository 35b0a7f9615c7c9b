import { create } from 'zustand'

const KEY = 'etlhub.avisos'

interface Notify {
  /** The reader wants a desktop notification when a job ends. */
  wanted: boolean
}

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) === '1'
  } catch {
    return false
  }
}

export const useNotify = create<Notify>(() => ({ wanted: stored() }))

export function canNotify(): boolean {
  return 'Notification' in window
}

/** Switches desktop notifications; asks the browser's permission first. Returns whether they are on now. */
export async function setNotify(wanted: boolean): Promise<boolean> {
  const granted = wanted && canNotify() && (await Notification.requestPermission()) === 'granted'
  try {
    localStorage.setItem(KEY, granted ? '1' : '0')
  } catch {
    // storage is blocked: the choice lasts for this page only
  }
  useNotify.setState({ wanted: granted })
  return granted
}

/** Tells of something on the desktop, when that is wanted and the page is not being looked at. */
export function notify(title: string, body: string, onClick: () => void): void {
  if (!useNotify.getState().wanted || document.visibilityState === 'visible') return
  if (!canNotify() || Notification.permission !== 'granted') return
  const notification = new Notification(title, { body, icon: '/favicon.svg', tag: title })
  notification.onclick = () => {
    window.focus()
    onClick()
    notification.close()
  }
}
