import { expect, it } from 'vitest'
import { safeNext } from './next'

it('goes back to a page of this site', () => expect(safeNext('/logs/3?linha=7')).toBe('/logs/3?linha=7'))

it.each([null, '', 'https://mal.example', '//mal.example', '/\\mal.example', 'javascript:alert(1)', '/login?next=/login'])(
  'goes to the start instead of %s',
  (next) => expect(safeNext(next)).toBe('/'),
)
