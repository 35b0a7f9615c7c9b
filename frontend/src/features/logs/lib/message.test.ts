import { describe, expect, it } from 'vitest'
import { cutMessage, formatDelta, SHOWN_CHARS, splitHits } from './message'

describe('cutMessage', () => {
  it('leaves a short line as it is', () => {
    expect(cutMessage('pronto')).toEqual({ text: 'pronto', moreLines: 0, moreChars: 0 })
  })
  it('folds a traceback to its first line', () => {
    expect(cutMessage('Traceback:\n  a\n  b')).toEqual({ text: 'Traceback:', moreLines: 2, moreChars: 0 })
  })
  it('cuts what would stall the layout', () => {
    const cut = cutMessage('x'.repeat(SHOWN_CHARS + 5))
    expect(cut.text).toHaveLength(SHOWN_CHARS)
    expect(cut.moreChars).toBe(5)
  })
})

it('says how much later a line came', () => {
  const t = '2026-11-25T08:00:00.000Z'
  expect(formatDelta(t, '2026-11-25T08:00:00.300Z')).toBe('+0,300s')
  expect(formatDelta(t, '2026-11-25T08:02:05.000Z')).toBe('+2m05s')
  expect(formatDelta(t, t)).toBe('')
  expect(formatDelta('2026-11-25T08:00:01Z', t)).toBe('')
})

describe('splitHits', () => {
  it('marks each hit, whatever the case', () => {
    expect(splitHits('Fundo A, fundo B', 'fundo').filter((p) => p.hit).map((p) => p.text)).toEqual(['Fundo', 'fundo'])
  })
  it('puts the text together again unchanged', () => {
    const text = 'a.b.c'
    expect(splitHits(text, '.').map((p) => p.text).join('')).toBe(text)
  })
  it('does not mark at wrong places where lower-casing changes the length', () => {
    expect(splitHits('İstanbul x', 'x')).toEqual([{ text: 'İstanbul x', hit: false }])
  })
})
