import type { Preferencias } from '@/lib/api/types'

export type Change = Partial<{ [K in keyof Preferencias]: NonNullable<Preferencias[K]> }>

// Where earlier versions kept the same, in this browser alone.
const OLD = { tema: 'etlhub.tema', avisos: 'etlhub.avisos', quebrar_linhas: 'etlhub.quebrar-linhas' }
const TAKEN = 'etlhub.preferencias'

/** What this browser chose before the hub kept it; nothing once that was taken over. */
export function readOld(storage?: Pick<Storage, 'getItem'>): Change {
  try {
    const from = storage ?? localStorage
    if (from.getItem(TAKEN) !== null) return {}
    const [tema, avisos, wrap] = [OLD.tema, OLD.avisos, OLD.quebrar_linhas].map((key) => from.getItem(key))
    return {
      ...(tema === 'light' || tema === 'dark' ? { tema } : {}),
      ...(avisos ? { avisos: avisos === '1' } : {}),
      ...(wrap ? { quebrar_linhas: wrap === '1' } : {}),
    }
  } catch {
    return {} // storage is blocked
  }
}

export function forgetOld(): void {
  try {
    localStorage.setItem(TAKEN, '1')
    // The theme's stays: the next page is painted before the hub can be asked.
    localStorage.removeItem(OLD.avisos)
    localStorage.removeItem(OLD.quebrar_linhas)
  } catch {
    // storage is blocked: there was nothing in it
  }
}

/** What of `old` the hub does not know better. */
export function missing(kept: Preferencias, old: Change): Change {
  return Object.fromEntries(Object.entries(old).filter(([name]) => kept[name as keyof Preferencias] === null))
}
