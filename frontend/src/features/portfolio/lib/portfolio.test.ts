import { describe, expect, it } from 'vitest'
import type { Portfolio, Posicao } from '@/lib/api/types'
import { arrange, nextSort } from './holdings'
import { leavesOf } from './leaves'

const position = (ativo: string, valor: number, part: Partial<Posicao> = {}): Posicao => ({
  classe: 'rf', classe_nome: 'renda fixa', ativo, quantidade: null, preco: null, valor, percentual: valor, ...part,
})

const names = (list: Posicao[]): string[] => list.map((p) => p.ativo)

describe('arrange', () => {
  const list = [position('LFT', 10), position('AÇÃO B', 30, { classe: 'rv', preco: 5 }), position('TAXA', -1, { preco: 2 })]

  it('sorts by value either way', () => {
    expect(names(arrange(list, '', '', { key: 'valor', descending: true }))).toEqual(['AÇÃO B', 'LFT', 'TAXA'])
    expect(names(arrange(list, '', '', { key: 'valor', descending: false }))).toEqual(['TAXA', 'LFT', 'AÇÃO B'])
  })
  it('puts what has no price last either way', () => {
    expect(names(arrange(list, '', '', { key: 'preco', descending: true })).at(-1)).toBe('LFT')
    expect(names(arrange(list, '', '', { key: 'preco', descending: false })).at(-1)).toBe('LFT')
  })
  it('finds without accents, and by class', () => {
    expect(names(arrange(list, 'acao', '', { key: 'valor', descending: true }))).toEqual(['AÇÃO B'])
    expect(names(arrange(list, '', 'rv', { key: 'valor', descending: true }))).toEqual(['AÇÃO B'])
  })
})

it('turns round the column that leads, and starts another with the largest', () => {
  expect(nextSort({ key: 'valor', descending: true }, 'valor').descending).toBe(false)
  expect(nextSort({ key: 'valor', descending: true }, 'ativo')).toEqual({ key: 'ativo', descending: false })
})

describe('leavesOf', () => {
  it('gives what is owed no area, and gathers the small ones', () => {
    const carteira = [position('DÍVIDA', -5), ...Array.from({ length: 30 }, (_, i) => position(`A${i}`, 100 - i))]
    const leaves = leavesOf({ fundo: 'F', carteira } as Portfolio)
    expect(leaves).toHaveLength(25)
    expect(leaves.at(-1)?.name).toBe('Outros 6')
    expect(leaves.some((l) => l.name === 'DÍVIDA')).toBe(false)
  })
})
