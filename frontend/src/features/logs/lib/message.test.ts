import { describe, expect, it } from 'vitest'
import { cutMessage, SHOWN_CHARS, splitHits } from './message'

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
