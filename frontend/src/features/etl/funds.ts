import type { Config } from '@/lib/api/types'
import { plural } from '@/lib/format'

/** Which funds a run of the sistema takes: "Todos os 6 fundos", "2 de 6 fundos"; "" where it has no list. */
export function fundsLabel(config: Config | undefined, sistemaId: string): string {
  const funds = config?.sistemas[sistemaId]?.fundos ?? []
  if (funds.length === 0) return ''
  const section = config?.[sistemaId] as { usar_todos?: boolean } | undefined
  if (section?.usar_todos) return funds.length === 1 ? 'O único fundo' : `Todos os ${plural(funds.length, 'fundo', 'fundos')}`
  return `${funds.filter((f) => f.selecionado).length} de ${plural(funds.length, 'fundo', 'fundos')}`
}
