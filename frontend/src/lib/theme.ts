import { create } from 'zustand'

export type Theme = 'light' | 'dark' | 'system'

// public/theme.js reads the same key before the first paint.
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

interface ThemeStore {
  theme: Theme
  setTheme: (theme: Theme) => void
}

export const useTheme = create<ThemeStore>((set) => ({
  theme: stored(),
  setTheme: (theme) => {
    try {
      localStorage.setItem(KEY, theme)
    } catch {
      // storage is blocked: the choice lasts for this page only
    }
    apply(theme)
    set({ theme })
  },
}))

/** Follows the system's switch between light and dark while "system" is chosen. */
export function watchSystemTheme(): void {
  matchMedia(DARK).addEventListener('change', () => apply(useTheme.getState().theme))
}
