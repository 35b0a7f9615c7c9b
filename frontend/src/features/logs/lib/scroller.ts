import { Heights } from './heights'
import { ScrollMap } from './scroll-map'

export const ROW_PX = 22
// More than ever stand on a screen, so that no two rows in sight share a key.
const KEYS = 1024
const OVERSCAN = 8
const AT_END_PX = 6
const SETTLE_MS = 400
const FIRST_GUESS_PX = 700

export interface Window {
  /** The uppermost row in sight. */
  first: number
  /** First and last row to draw; last < first when there is none. */
  start: number
  end: number
  /** Where the first drawn row's top lies in the scrolled element. */
  top: number
  /** How tall the scrolled content is. */
  height: number
  /** The key of a row: a row in sight keeps its element, and so does, at the end, its place. */
  keyOf: (index: number) => number
}

/** Which rows of a scrolled element are in sight, and how it moves. The element tells it of scrolling, it tells React. */
export class Scroller {
  private readonly heights = new Heights(ROW_PX)
  private readonly map = new ScrollMap()
  private box: HTMLElement | null = null
  private viewport = FIRST_GUESS_PX
  private following = false
  private prepended = 0
  private firstStart = 0
  private firstKey = 0
  private placed = false
  /** Where the bar stood when we last set or saw it. */
  private bar = 0
  private frame = 0
  private settle: ReturnType<typeof setTimeout> | undefined
  private version = 0
  private readonly listeners = new Set<() => void>()
  /** The reader scrolled away from the end (false) or back to it (true). */
  private onFollow: (follow: boolean) => void = () => undefined

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }

  readonly snapshot = (): number => this.version

  setOnFollow(onFollow: (follow: boolean) => void): void {
    this.onFollow = onFollow
  }

  /** Ties it to the element; returns what unties it. */
  readonly attach = (box: HTMLElement): (() => void) => {
    this.box = box
    this.viewport = box.clientHeight
    this.bar = box.scrollTop
    const resize = new ResizeObserver(() => {
      this.viewport = box.clientHeight
      this.redraw()
    })
    resize.observe(box)
    box.addEventListener('scroll', this.onScroll, { passive: true })
    return () => {
      resize.disconnect()
      box.removeEventListener('scroll', this.onScroll)
      cancelAnimationFrame(this.frame)
      clearTimeout(this.settle)
      this.box = null
    }
  }

  /** The rows to draw of `count`; when `follow`, the last ones. `prepended` as in LogSource. */
  layout(count: number, prepended: number, follow: boolean): Window {
    this.following = follow
    const moved = prepended - this.prepended
    this.prepended = prepended
    if (moved !== 0) this.heights.shift(moved)
    this.heights.resize(count)
    this.map.resize(this.heights.total, this.viewport)
    if (follow) this.map.moveTo(this.map.maxTop)
    else if (moved !== 0) this.map.moveTo(this.map.top + moved * ROW_PX)
    const first = this.heights.indexAt(this.map.top)
    const start = Math.max(0, first - OVERSCAN)
    const last = this.heights.indexAt(this.map.top + this.viewport) + OVERSCAN
    // While it follows all rows change at once, so the places keep their keys; else the rows do.
    if (!follow || !this.placed) this.firstKey += start - this.firstStart - moved
    this.placed = follow
    this.firstStart = start
    const shift = this.firstKey - start
    return {
      first,
      start,
      end: count === 0 ? -1 : Math.min(count - 1, last),
      top: this.heights.offset(start) + this.map.native - this.map.top,
      height: this.map.nativeHeight,
      keyOf: (index) => (((index + shift) % KEYS) + KEYS) % KEYS,
    }
  }

  /** After React drew: puts the scroll bar where it belongs and takes the heights of rows that have their own. */
  commit(rows: Iterable<Element>, measure: boolean): void {
    if (measure || this.heights.irregular) this.measure(rows)
    const { box } = this
    // Moved by the reader since, with the event still on its way: lines that come just now must not undo that.
    if (!box || Math.abs(box.scrollTop - this.bar) > 1) return
    if (Math.abs(box.scrollTop - this.map.native) > 0.5) box.scrollTop = this.map.native
    this.bar = box.scrollTop
  }

  /** Moves by so many screens; Infinity is the end. */
  page(screens: number): void {
    this.map.moveTo(this.map.top + screens * (this.viewport - 2 * ROW_PX))
    this.redraw()
  }

  get scaled(): boolean {
    return this.map.scaled
  }

  forgetHeights(): void {
    this.heights.clear()
    this.redraw()
  }

  jumpTo(index: number): void {
    this.map.moveTo(this.heights.offset(index) - this.viewport / 3)
    this.redraw()
  }

  private measure(rows: Iterable<Element>): void {
    let changed = 0
    let above = 0
    for (const row of rows) {
      if (!(row instanceof HTMLElement)) continue
      const index = Number(row.dataset.index)
      const top = this.heights.offset(index)
      const grown = this.heights.set(index, row.offsetHeight)
      changed += Math.abs(grown)
      if (top + above < this.map.top) above += grown
    }
    if (changed === 0) return
    this.map.resize(this.heights.total, this.viewport)
    // What lies above the sight grew: stay with the same line.
    if (!this.following && above !== 0) this.map.moveTo(this.map.top + above)
    this.redraw()
  }

  private readonly onScroll = (): void => {
    const { box, map } = this
    if (box) this.bar = box.scrollTop
    if (!box || Math.abs(box.scrollTop - map.native) < 1) return
    const before = map.top
    this.viewport = box.clientHeight
    map.resize(this.heights.total, this.viewport)
    map.onScroll(box.scrollTop)
    const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - AT_END_PX
    if (atEnd !== this.following && (atEnd || map.top < before)) {
      this.following = atEnd
      this.onFollow(atEnd)
    }
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(this.redraw)
    if (!map.scaled) return
    // Pixel-by-pixel moves drift from the bar's proportion; put it right when the hand rests.
    clearTimeout(this.settle)
    this.settle = setTimeout(() => {
      map.moveTo(map.top)
      this.redraw()
    }, SETTLE_MS)
  }

  private readonly redraw = (): void => {
    this.version += 1
    for (const listener of this.listeners) listener()
  }
}
