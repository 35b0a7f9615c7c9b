import { describe, expect, it } from 'vitest'
import { MAX_NATIVE_PX, ScrollMap } from './scroll-map'

const VIEW = 700

describe('ScrollMap', () => {
  it('is the native bar itself while the content fits', () => {
    const map = new ScrollMap()
    map.resize(100_000, VIEW)
    expect(map.onScroll(1234)).toBe(1234)
    expect(map.nativeHeight).toBe(100_000)
    expect(map.moveTo(Infinity)).toBe(100_000 - VIEW)
  })

  describe('with twenty million pixels', () => {
    const total = 20_000_000
    const make = (): ScrollMap => {
      const map = new ScrollMap()
      map.resize(total, VIEW)
      return map
    }

    it('asks the browser for no more than it can lay out', () => expect(make().nativeHeight).toBe(MAX_NATIVE_PX))

    it('goes pixel by pixel for a small move', () => {
      const map = make()
      const native = map.moveTo(10_000_000)
      expect(map.onScroll(native + 100)).toBe(10_000_100)
    })

    it('goes in proportion for a dragged bar', () => {
      const map = make()
      const half = (MAX_NATIVE_PX - VIEW) / 2
      expect(map.onScroll(half)).toBeCloseTo((total - VIEW) / 2, 0)
    })

    it('reaches both ends', () => {
      const map = make()
      expect(map.onScroll(MAX_NATIVE_PX - VIEW)).toBe(total - VIEW)
      expect(map.onScroll(0)).toBe(0)
    })
  })

  it('stays at the end when the content shrinks', () => {
    const map = new ScrollMap()
    map.resize(10_000, VIEW)
    map.moveTo(9_300)
    map.resize(5_000, VIEW)
    expect(map.top).toBe(4_300)
  })
})
