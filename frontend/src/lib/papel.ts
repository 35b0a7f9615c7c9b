import type { Papel } from '@/lib/api/types'

/** The roles, each including the ones before it. */
export const PAPEIS: readonly { value: Papel; label: string }[] = [
  { value: 'visualizador', label: 'Visualizador' },
  { value: 'operador', label: 'Operador' },
  { value: 'administrador', label: 'Administrador' },
]

export function papelLabel(papel: string): string {
  return PAPEIS.find((p) => p.value === papel)?.label ?? papel
}
