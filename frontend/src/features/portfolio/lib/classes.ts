import type { Classe } from '@/lib/api/types'

interface ClasseInfo {
  id: Classe
  nome: string
  color: string
}

/** The asset classes in the order they are always shown, each with its one colour. */
export const CLASSES: readonly ClasseInfo[] = [
  { id: 'rf', nome: 'Renda fixa', color: 'var(--class-rf)' },
  { id: 'rv', nome: 'Renda variável', color: 'var(--class-rv)' },
  { id: 'credito', nome: 'Direitos creditórios', color: 'var(--class-credito)' },
  { id: 'caixa', nome: 'Caixa', color: 'var(--class-caixa)' },
  { id: 'cpr', nome: 'A pagar e a receber', color: 'var(--class-cpr)' },
]

const BY_ID = new Map(CLASSES.map((c) => [c.id, c]))

export function classeOf(id: Classe): ClasseInfo {
  return BY_ID.get(id) ?? { id, nome: id, color: 'var(--class-cpr)' }
}
