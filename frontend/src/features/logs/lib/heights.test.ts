import { describe, expect, it } from 'vitest'
import { Heights } from './heights'

const BASE = 20

function naive(count: number, own: Map<number, number>): { offset: (i: number) => number; at: (y: number) => number } {
  const height = (i: number): number => own.get(i) ?? BASE
  const offset = (i: number): number => Array.from({ length: i }, (_, k) => height(k)).reduce((a, b) => a + b, 0)
  return {
    offset,
    at: (y) => {
      let i = 0
      while (i < count - 1 && offset(i + 1) <= y) i += 1
      return i
    },
  }
}

describe('Heights', () => {
  it('agrees with adding up row by row', () => {
    const own = new Map([[0, 60], [3, 21], [255, 100], [256, 44], [700, 300]])
    const heights = new Heights(BASE)
    heights.resize(900)
    for (const [i, h] of own) heights.set(i, h)
    const truth = naive(900, own)
    for (const i of [0, 1, 4, 255, 256, 257, 512, 700, 701, 899]) expect(heights.offset(i)).toBe(truth.offset(i))
    for (const y of [0, 59, 60, 5000, 5140, 5200, 14_000, 14_500]) expect(heights.indexAt(y)).toBe(truth.at(y))
    expect(heights.total).toBe(truth.offset(900))
  })

  it('tells by how much a row grew, and forgets it when it is as the others again', () => {
    const heights = new Heights(BASE)
    heights.resize(10)
    expect(heights.set(4, 50)).toBe(30)
    expect(heights.set(4, 50)).toBe(0)
    expect(heights.set(4, BASE)).toBe(-30)
    expect(heights.irregular).toBe(false)
  })

  it('moves its exceptions along with the rows', () => {
    const heights = new Heights(BASE)
    heights.resize(2000)
    heights.set(10, 90)
    heights.shift(1000)
    expect(heights.get(10)).toBe(BASE)
    expect(heights.get(1010)).toBe(90)
  })

  it('stays within the rows there are', () => {
    const heights = new Heights(BASE)
    expect(heights.indexAt(500)).toBe(0)
    heights.resize(3)
    expect(heights.indexAt(1e9)).toBe(2)
    expect(heights.indexAt(-5)).toBe(0)
  })

  it('looks a place up among a million rows in no time to speak of', () => {
    const heights = new Heights(BASE)
    heights.resize(1_000_000)
    heights.set(999_000, 80)
    const start = performance.now()
    for (let i = 0; i < 100; i++) heights.indexAt(19_999_000 - i)
    expect((performance.now() - start) / 100).toBeLessThan(5)
  })
})
