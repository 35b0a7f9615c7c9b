import { describe, expect, it } from 'vitest'
import { anyToIso, brToIso, countWithin, isoToBr, maskBrDate } from './dates'

describe('brToIso', () => {
  it('takes a date that exists', () => expect(brToIso('24/11/2026')).toBe('2026-11-24'))
  it('takes 29 February of a leap year only', () => {
    expect(brToIso('29/02/2028')).toBe('2028-02-29')
    expect(brToIso('29/02/2026')).toBeNull()
  })
  it.each(['31/04/2026', '24/13/2026', '24-11-2026', '24/11/26', '', '01/01/0001'])('refuses "%s"', (text) => {
    expect(brToIso(text)).toBeNull()
  })
})

it('goes both ways', () => {
  expect(isoToBr('2026-11-24')).toBe('24/11/2026')
  expect(isoToBr(null)).toBe('')
  expect(anyToIso('24/11/2026')).toBe('2026-11-24')
  expect(anyToIso('2026-11-24')).toBe('2026-11-24')
  expect(anyToIso('amanhã')).toBeNull()
})

it.each([
  ['2', '2'],
  ['2411', '24/11'],
  ['24112026', '24/11/2026'],
  ['24/11/20269', '24/11/2026'],
  ['ab', ''],
])('masks "%s" as "%s" while it is typed', (typed, shown) => {
  expect(maskBrDate(typed)).toBe(shown)
})

it('counts the business days of a period, ends included', () => {
  expect(countWithin(['2026-11-19', '2026-11-23', '2026-11-24'], '2026-11-19', '2026-11-23')).toBe(2)
})
