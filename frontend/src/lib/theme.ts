import { create } from 'zustand'

export type Theme = 'light' | 'dark' | 'system'

// public/theme.js reads the same key before the first paint. The user's choice is the hub's (preferences.ts).
const KEY = 'etlhub.tema'
const DARK = '(prefers-color-scheme: dark)'

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

function apply(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'system' && matchMedia(DARK).matches)
  document.documentElement.classList.toggle('dark', dark)
}

export const useTheme = create<{ theme: Theme }>(() => ({ theme: stored() }))

export function showTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // storage is blocked: the next page starts in the system's theme and changes when the hub has told
  }
  apply(theme)
  useTheme.setState({ theme })
}

/** Follows the system's switch between light and dark while "system" is chosen. */
export function watchSystemTheme(): void {
  matchMedia(DARK).addEventListener('change', () => apply(useTheme.getState().theme))
}
