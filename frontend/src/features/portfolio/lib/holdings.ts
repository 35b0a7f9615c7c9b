import type { Classe, Posicao } from '@/lib/api/types'
import { foldText } from '@/lib/text'

export type SortKey = 'ativo' | 'classe' | 'quantidade' | 'preco' | 'valor' | 'percentual'

export interface Sort {
  key: SortKey
  descending: boolean
}

/** The positions that match, in the wanted order; a missing number comes last either way. */
export function arrange(positions: readonly Posicao[], text: string, classe: Classe | '', sort: Sort): Posicao[] {
  const wanted = foldText(text.trim())
  const found = positions.filter(
    (p) => (!classe || p.classe === classe) && (!wanted || foldText(p.ativo).includes(wanted)),
  )
  const sign = sort.descending ? -1 : 1
  return found.sort((a, b) => {
    const [x, y] = [a[sort.key], b[sort.key]]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    if (typeof x === 'string' || typeof y === 'string') return sign * String(x).localeCompare(String(y), 'pt-BR')
    return sign * (x - y)
  })
}

/** The other direction for the column that leads already; else that column, numbers from the largest on. */
export function nextSort(sort: Sort, key: SortKey): Sort {
  if (sort.key === key) return { key, descending: !sort.descending }
  return { key, descending: key !== 'ativo' && key !== 'classe' }
}
