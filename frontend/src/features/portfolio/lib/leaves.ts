import type { Portfolio } from '@/lib/api/types'
import { classeOf, CLASSES } from './classes'

export interface Leaf {
  [key: string]: unknown
  name: string
  value: number
  /** Of the patrimônio, 0 to 1. */
  percent: number
  color: string
}

const LARGEST = 24

/** What a treemap draws: the largest holdings of a fund, or the classes of all funds together; nothing below zero. */
export function leavesOf(portfolio: Portfolio): Leaf[] {
  return portfolio.fundo ? holdings(portfolio) : classes(portfolio)
}

function classes({ fundos }: Portfolio): Leaf[] {
  const total = fundos.reduce((sum, f) => sum + f.patrimonio, 0)
  return CLASSES.map(({ id, nome, color }) => {
    const value = fundos.reduce((sum, f) => sum + f.composicao[id], 0)
    return { name: nome, value, percent: total ? value / total : 0, color }
  }).filter((leaf) => leaf.value > 0)
}

function holdings({ carteira }: Portfolio): Leaf[] {
  const owned = carteira.filter((p) => p.valor > 0).sort((a, b) => b.valor - a.valor)
  const leaves = owned.slice(0, LARGEST).map((p) => ({
    name: p.ativo,
    value: p.valor,
    percent: (p.percentual ?? 0) / 100,
    color: classeOf(p.classe).color,
  }))
  const rest = owned.slice(LARGEST)
  if (rest.length === 0) return leaves
  const value = rest.reduce((sum, p) => sum + p.valor, 0)
  const percent = rest.reduce((sum, p) => sum + (p.percentual ?? 0), 0) / 100
  return [...leaves, { name: `Outros ${rest.length}`, value, percent, color: 'var(--class-cpr)' }]
}
