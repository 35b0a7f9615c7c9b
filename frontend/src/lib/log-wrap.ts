import { create } from 'zustand'

const KEY = 'etlhub.quebrar-linhas'
// On a phone a line that runs out of the screen is of no use.
const NARROW_PX = 640

function stored(): boolean {
  try {
    const value = localStorage.getItem(KEY)
    return value === null ? innerWidth < NARROW_PX : value === '1'
  } catch {
    return false
  }
}

/** Whether long log lines wrap; remembered in this browser. */
export const useLogWrap = create<{ wrap: boolean }>(() => ({ wrap: stored() }))

export function setLogWrap(wrap: boolean): void {
  try {
    localStorage.setItem(KEY, wrap ? '1' : '0')
  } catch {
    // storage is blocked: the choice lasts for this page only
  }
  useLogWrap.setState({ wrap })
}
