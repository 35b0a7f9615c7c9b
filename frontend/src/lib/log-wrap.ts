import { create } from 'zustand'

// On a phone a line that runs out of the screen is of no use.
const NARROW_PX = 640

export const wrapByDefault = (): boolean => innerWidth < NARROW_PX

/** Whether long log lines wrap; the user's choice comes from the hub (preferences.ts). */
export const useLogWrap = create<{ wrap: boolean }>(() => ({ wrap: wrapByDefault() }))
