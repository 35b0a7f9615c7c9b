import { describe, expect, it } from 'vitest'
import { describePace, partsOf } from './pace'

const run = { progresso: 42, tentativa: 1, elapsed: 12, expected: 30.4 }

describe('describePace', () => {
  it('tells the time taken beside what it usually takes', () => {
    expect(describePace(run)).toBe('42% · 12 s de ~30 s')
    expect(describePace({ ...run, expected: null })).toBe('42% · 12 s')
    expect(describePace({ ...run, elapsed: null })).toBe('42%')
  })

  it('does not call a part what is more than the whole', () => {
    expect(describePace({ ...run, elapsed: 41 })).toBe('42% · 41 s, em geral 30 s')
  })

  it('begins with the attempt, from the second on', () => {
    expect(describePace({ ...run, tentativa: 2 })).toBe('tentativa 2 · 42% · 12 s de ~30 s')
  })
})

it('finds the part of a sistema in each job', () => {
  const jobs = [
    { id: 7, sistemas: [{ sistema_id: 'maps', estado: 'pending' }] },
    { id: 6, sistemas: [{ sistema_id: 'maps', estado: 'running' }, { sistema_id: 'jcot', estado: 'success' }] },
  ] as unknown as Parameters<typeof partsOf>[0]
  const parts = partsOf(jobs)
  expect(parts.get('maps')?.get(6)?.estado).toBe('running')
  expect(parts.get('maps')?.get(7)?.estado).toBe('pending')
  expect(parts.get('jcot')?.has(7)).toBe(false)
})
