import { expect, it } from 'vitest'
import type { Config } from '@/lib/api/types'
import { fundsLabel } from './funds'

const fundos = [{ nome: 'A', selecionado: true }, { nome: 'B', selecionado: false }]
const config = (usar_todos: boolean): Config => ({ sistemas: { maps: { fundos } }, maps: { usar_todos } }) as unknown as Config

it('says which funds a run takes', () => {
  expect(fundsLabel(config(true), 'maps')).toBe('Todos os 2 fundos')
  expect(fundsLabel(config(false), 'maps')).toBe('1 de 2 fundos')
  expect(fundsLabel(config(true), 'jcot')).toBe('')
  expect(fundsLabel(undefined, 'maps')).toBe('')
})
