import { describe, expect, it } from 'vitest'
import { describePace } from './pace'

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
