import { expect, it } from 'vitest'
import { changesFor, MAX_PRESETS, type Preset, readPresets, withPreset } from './presets'

const preset = (nome: string, part: Partial<Preset> = {}): Preset => ({
  nome, sistemas: ['maps'], opcoes: {}, usarD1: true, simular: false, ...part,
})

it('leaves out stored entries of another shape', () => {
  expect(readPresets([preset('boa'), { nome: 'velha' }, null, 7])).toEqual([preset('boa')])
  expect(readPresets('x')).toEqual([])
})

it('replaces a routine of the same name and keeps its place', () => {
  const list = withPreset([preset('Manhã'), preset('Tarde')], preset('manhã', { simular: true }))
  expect(list.map((p) => p.nome)).toEqual(['manhã', 'Tarde'])
})

it('keeps the list within its bound', () => {
  const many = Array.from({ length: MAX_PRESETS }, (_, i) => preset(`R${i}`))
  expect(withPreset(many, preset('nova'))).toHaveLength(MAX_PRESETS)
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
