import { describe, expect, it } from 'vitest'
import { formatAgo, formatBytes, formatDuration, formatPercent, moneyMarks, plural } from './format'

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [0.84, '0,8 s'],
    [9.96, '10 s'],
    [42.4, '42 s'],
    [185, '3 min 05 s'],
    [7800, '2 h 10 min'],
    [null, '—'],
    [Number.NaN, '—'],
  ])('says %s seconds as "%s"', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})

it('tells how long ago in the largest fitting unit', () => {
  const now = Date.parse('2026-11-25T12:00:00Z')
  expect(formatAgo('2026-11-25T11:59:40Z', now)).toBe('agora')
  expect(formatAgo('2026-11-25T11:55:00Z', now)).toBe('há 5 minutos')
  expect(formatAgo('2026-11-25T09:00:00Z', now)).toBe('há 3 horas')
  expect(formatAgo('2026-11-24T12:00:00Z', now)).toBe('ontem')
  expect(formatAgo(null, now)).toBe('nunca')
})

it('says bytes with one digit where it matters', () => {
  expect(formatBytes(512)).toBe('512 B')
  expect(formatBytes(3400)).toBe('3,4 kB')
  expect(formatBytes(12_000_000)).toBe('12 MB')
})

it('never says minus zero per cent', () => {
  expect(formatPercent(-0.0001)).toBe('0%')
  expect(formatPercent(-0.5)).toBe('-50%')
})

it('chooses the plural', () => {
  expect(plural(1, 'linha', 'linhas')).toBe('1 linha')
  expect(plural(1200, 'linha', 'linhas')).toBe('1.200 linhas')
})

describe('moneyMarks', () => {
  const plain = (text: string) => text.replaceAll(/\s/g, ' ')

  it.each([
    [[0, 200e6, 400e6], ['R$ 0', 'R$ 200 mi', 'R$ 400 mi']],
    [[131.14e6, 131.145e6, 131.15e6], ['R$ 131,14 mi', 'R$ 131,145 mi', 'R$ 131,15 mi']],
  ])('tells %j apart', (marks, texts) => {
    expect(marks.map(moneyMarks(marks)).map(plain)).toEqual(texts)
  })
})
