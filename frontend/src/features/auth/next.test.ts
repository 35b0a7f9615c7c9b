import { expect, it } from 'vitest'
import { firstPage, safeNext } from './next'

it('goes back to a page of this site', () => expect(safeNext('/logs/3?linha=7')).toBe('/logs/3?linha=7'))

it.each([null, '', 'https://mal.example', '//mal.example', '/\\mal.example', 'javascript:alert(1)', '/login?next=/login'])(
  'goes to the start instead of %s',
  (next) => expect(safeNext(next)).toBe('/'),
)

it('begins where the second factor is set up when it is missing', () => {
  expect(firstPage({ falta_segundo_fator: true }, '/etl')).toBe('/settings/preferencias')
  expect(firstPage({ falta_segundo_fator: false }, '/etl')).toBe('/etl')
})
