import { describe, expect, it } from 'vitest'
import { niceTicks } from './scale'

describe('niceTicks', () => {
  it.each([
    [0, 687.8e6, [0, 200e6, 400e6, 600e6, 800e6]],
    [682.9e6, 687.7e6, [682e6, 684e6, 686e6, 688e6]],
    [0, 4, [0, 1, 2, 3, 4]],
    [-3, 9, [-5, 0, 5, 10]],
    [1.02345678, 1.02345699, [1.0234567, 1.0234568, 1.0234569, 1.023457]],
  ])('covers %d to %d with round marks', (low, high, ticks) => {
    const found = niceTicks(low, high)
    expect(found[0]).toBeLessThanOrEqual(low)
    expect(found.at(-1)).toBeGreaterThanOrEqual(high)
    expect(found).toEqual(ticks)
  })

  it('gives a flat line room above and below', () => {
    const found = niceTicks(100, 100)
    expect(found[0]).toBeLessThan(100)
    expect(found.at(-1)).toBeGreaterThan(100)
  })

  it('has an axis for nothing but zeros', () => {
    expect(niceTicks(0, 0)).toContain(0)
    expect(niceTicks(Math.min(), Math.max())).toEqual([0, 1])
  })
})
