import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ROW_PX, Scroller } from './scroller'

const COUNT = 1000
const SIGHT = 10 * ROW_PX

const nothing = () => undefined

class Box extends EventTarget {
  scrollTop = 0
  clientHeight = SIGHT
  scrollHeight = COUNT * ROW_PX
}

beforeEach(() => {
  vi.stubGlobal('ResizeObserver', class { observe = nothing; disconnect = nothing })
  vi.stubGlobal('requestAnimationFrame', () => 0)
  vi.stubGlobal('cancelAnimationFrame', nothing)
})
afterEach(() => vi.unstubAllGlobals())

function attached(): { box: Box; scroller: Scroller } {
  const box = new Box()
  const scroller = new Scroller()
  scroller.attach(box as unknown as HTMLElement)
  return { box, scroller }
}

function scroll(box: Box, top: number): void {
  box.scrollTop = top
  box.dispatchEvent(new Event('scroll'))
}

it('does not undo a move of the reader whose event has not come yet', () => {
  const { box, scroller } = attached()
  scroller.layout(COUNT, 0, false)
  scroller.commit([], false)
  box.scrollTop = 400
  // Lines come between the move and its event.
  scroller.layout(COUNT + 5, 0, false)
  scroller.commit([], false)
  expect(box.scrollTop).toBe(400)
  box.dispatchEvent(new Event('scroll'))
  expect(scroller.layout(COUNT + 5, 0, false).first).toBe(Math.floor(400 / ROW_PX))
})

it('leaves the end when the reader moves up in the middle of a flood', () => {
  const { box, scroller } = attached()
  const follow = vi.fn()
  scroller.setOnFollow(follow)
  scroller.layout(COUNT, 0, true)
  scroller.commit([], false)
  const end = box.scrollTop
  expect(end).toBe(COUNT * ROW_PX - SIGHT)
  box.scrollTop = end - 200
  scroller.layout(COUNT + 50, 0, true)
  scroller.commit([], false)
  box.dispatchEvent(new Event('scroll'))
  expect(follow).toHaveBeenLastCalledWith(false)
  expect(box.scrollTop).toBe(end - 200)
})

it('keeps the element of every row that stays in sight, also when following begins or ends', () => {
  const { box, scroller } = attached()
  let before = scroller.layout(COUNT, 0, true)
  scroller.commit([], false)
  const stays = (after: typeof before, prepended = 0) => {
    for (let i = Math.max(before.start, after.start - prepended); i <= Math.min(before.end, after.end - prepended); i++) {
      expect(after.keyOf(i + prepended)).toBe(before.keyOf(i))
    }
    before = after
  }
  stays(scroller.layout(COUNT, 0, false))
  scroll(box, box.scrollTop - 60)
  stays(scroller.layout(COUNT, 0, false))
  scroller.commit([], false)
  stays(scroller.layout(COUNT + 30, 30, false), 30)
  stays(scroller.layout(COUNT + 30, 30, true))
})

it('keeps the places while it follows', () => {
  const { scroller } = attached()
  const before = scroller.layout(COUNT, 0, true)
  const after = scroller.layout(COUNT + 77, 0, true)
  expect(after.start).toBe(before.start + 77)
  expect(after.keyOf(after.start)).toBe(before.keyOf(before.start))
})
