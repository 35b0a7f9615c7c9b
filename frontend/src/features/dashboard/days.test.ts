import { expect, it } from 'vitest'
import { fillDays } from './days'

it('gives every day its place, also across a month and the end of daylight saving time', () => {
  const days = fillDays([{ dia: '2026-10-31', sucesso: 2, erro: 1, cancelado: 0 }], '2026-11-02', 4)
  expect(days.map((d) => d.dia)).toEqual(['2026-10-30', '2026-10-31', '2026-11-01', '2026-11-02'])
  expect(days[1]?.sucesso).toBe(2)
  expect(days[0]?.erro).toBe(0)
})
