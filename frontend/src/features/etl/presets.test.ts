import { expect, it } from 'vitest'
import { changesFor, type Preset, readPresets, sameName, withPreset } from './presets'

const preset = (nome: string, part: Partial<Preset> = {}): Preset => ({
  nome, sistemas: ['maps'], opcoes: {}, usar_d1: true, simular: false, ...part,
})

it('reads what an earlier version stored and leaves out entries of another shape', () => {
  const old = { nome: 'boa', sistemas: ['maps'], opcoes: {}, usarD1: true, simular: false }
  expect(readPresets([old, { nome: 'velha' }, null, 7])).toEqual([preset('boa')])
  expect(readPresets('x')).toEqual([])
})

it('replaces a routine of the same name and keeps its place', () => {
  const list = withPreset([preset('Manhã'), preset('Tarde')], preset(' MANHÃ', { simular: true }))
  expect(list.map((p) => p.nome)).toEqual([' MANHÃ', 'Tarde'])
  expect(sameName('Rotina  da manhã', 'rotina da Manhã ')).toBe(true)
})

it('changes only what differs, and nothing that is gone since', () => {
  const sistemas = [
    { id: 'maps', ativo: false, opcoes: { pdf: true, excel: true } },
    { id: 'fidc', ativo: true, opcoes: {} },
    { id: 'qore', ativo: false, opcoes: { pdf: true } },
  ]
  const wanted = preset('x', { sistemas: ['maps', 'extinto'], opcoes: { maps: { pdf: false, excel: true, antiga: true } } })
  expect(changesFor(wanted, sistemas)).toEqual({
    toggles: [{ id: 'maps', ativo: true }, { id: 'fidc', ativo: false }],
    opcoes: [{ id: 'maps', opcao: 'pdf', valor: false }],
  })
})
