import { expect, it } from 'vitest'
import { checkPeriod } from './run-form'

const TODAY = '2026-11-25'

it('accepts a period up to today', () => {
  expect(checkPeriod({ start: '2026-11-20', end: TODAY }, TODAY)).toEqual({})
})

it.each([
  [{ start: null, end: '2026-11-20' }, 'start'],
  [{ start: '2026-11-20', end: null }, 'end'],
  [{ start: '2026-11-20', end: '2026-11-19' }, 'end'],
  [{ start: '2026-11-26', end: '2026-11-26' }, 'start'],
])('finds what is wrong with %o', (period, field) => {
  expect(checkPeriod(period, TODAY)).toHaveProperty(field)
})
