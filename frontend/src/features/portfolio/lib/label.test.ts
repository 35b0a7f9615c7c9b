import { expect, it } from 'vitest'
import { fitLabel } from './label'

it('keeps a name of small letters where one in capitals would be cut', () => {
  expect(fitLabel('Direitos creditórios', 143)).toBe('Direitos creditórios')
  expect(fitLabel('DIREITOS CREDITÓRIOS A VENCER', 143)).toBe('DIREITOS CREDITÓ…')
})

it('never gives back more than fits', () => {
  expect(fitLabel('LTN 01/2030', 10)).toBe('…')
  expect(fitLabel('LTN', 100)).toBe('LTN')
})
