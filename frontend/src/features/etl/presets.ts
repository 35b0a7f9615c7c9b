import type { Rotina } from '@/lib/api/types'

/** A routine by name: which sistemas, with which options. */
export type Preset = Omit<Rotina, 'id'>

// Earlier versions kept them in the browser, by user.
const keyOf = (username: string): string => `etlhub.rotinas.${username}`

export function oldPresets(username: string): Preset[] {
  try {
    return readPresets(JSON.parse(localStorage.getItem(keyOf(username)) ?? '[]'))
  } catch {
    return []
  }
}

export function forgetOldPresets(username: string): void {
  try {
    localStorage.removeItem(keyOf(username))
  } catch {
    // storage is blocked: there was nothing in it
  }
}

/** The presets in a stored value; an entry of another shape is left out. */
export function readPresets(stored: unknown): Preset[] {
  return Array.isArray(stored) ? stored.flatMap(toPreset) : []
}

function toPreset(value: unknown): Preset[] {
  if (typeof value !== 'object' || value === null) return []
  const { nome, sistemas, opcoes, usarD1, simular } = value as Record<string, unknown>
  if (typeof nome !== 'string' || !Array.isArray(sistemas) || !sistemas.every((id) => typeof id === 'string')) return []
  if (typeof opcoes !== 'object' || opcoes === null || typeof usarD1 !== 'boolean' || typeof simular !== 'boolean') return []
  return [{ nome, sistemas, opcoes: opcoes as Preset['opcoes'], usar_d1: usarD1, simular }]
}

/** Whether two names are of the same routine, as the hub judges it. */
export function sameName(a: string, b: string): boolean {
  const plain = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase()
  return plain(a) === plain(b)
}

/** The list with `preset` in it: in the place of the one of that name, else at the end. */
export function withPreset<T extends Preset>(presets: readonly T[], preset: T): T[] {
  const same = (p: T): boolean => sameName(p.nome, preset.nome)
  return presets.some(same) ? presets.map((p) => (same(p) ? preset : p)) : [...presets, preset]
}

interface Current {
  id: string
  ativo: boolean
  opcoes: Record<string, boolean>
}

export interface Changes {
  toggles: { id: string; ativo: boolean }[]
  opcoes: { id: string; opcao: string; valor: boolean }[]
}

/** What must change of the sistemas as they are for them to be as the preset says; what is gone since is left out. */
export function changesFor(preset: Preset, sistemas: readonly Current[]): Changes {
  const wanted = new Set(preset.sistemas)
  return {
    toggles: sistemas.filter((s) => s.ativo !== wanted.has(s.id)).map((s) => ({ id: s.id, ativo: !s.ativo })),
    opcoes: sistemas
      .filter((s) => wanted.has(s.id))
      .flatMap((s) =>
        Object.entries(preset.opcoes[s.id] ?? {})
          .filter(([opcao, valor]) => opcao in s.opcoes && s.opcoes[opcao] !== valor)
          .map(([opcao, valor]) => ({ id: s.id, opcao, valor })),
      ),
  }
}
