/** A routine by name: which sistemas, with which options. Kept in this browser, for this user. */
export interface Preset {
  nome: string
  sistemas: string[]
  opcoes: Record<string, Record<string, boolean>>
  usarD1: boolean
  simular: boolean
}

export const MAX_PRESETS = 20

const keyOf = (username: string): string => `etlhub.rotinas.${username}`

export function loadPresets(username: string): Preset[] {
  try {
    return readPresets(JSON.parse(localStorage.getItem(keyOf(username)) ?? '[]'))
  } catch {
    return []
  }
}

/** The presets in a stored value; an entry of another shape (an older version's, say) is left out. */
export function readPresets(stored: unknown): Preset[] {
  return Array.isArray(stored) ? stored.filter(isPreset) : []
}

function isPreset(value: unknown): value is Preset {
  if (typeof value !== 'object' || value === null) return false
  const p = value as Record<string, unknown>
  return (
    typeof p.nome === 'string' &&
    Array.isArray(p.sistemas) &&
    p.sistemas.every((id) => typeof id === 'string') &&
    typeof p.opcoes === 'object' &&
    p.opcoes !== null &&
    typeof p.usarD1 === 'boolean' &&
    typeof p.simular === 'boolean'
  )
}

/** False when the browser keeps nothing for this site. */
export function storePresets(username: string, presets: Preset[]): boolean {
  try {
    localStorage.setItem(keyOf(username), JSON.stringify(presets))
    return true
  } catch {
    return false
  }
}

/** The list with `preset` in it: in the place of the one of that name, else at the end, within the bound. */
export function withPreset(presets: readonly Preset[], preset: Preset): Preset[] {
  const same = (p: Preset): boolean => p.nome.toLowerCase() === preset.nome.toLowerCase()
  if (presets.some(same)) return presets.map((p) => (same(p) ? preset : p))
  return [...presets, preset].slice(-MAX_PRESETS)
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
