import { clamp } from '@/lib/utils'

/** Browsers lay out no element taller than about 17 million pixels; positions stay exact well below that. */
export const MAX_NATIVE_PX = 6_000_000

/**
 * Maps the native scroll bar onto a content that may be taller than a browser can lay out. Small moves go pixel by
 * pixel, long ones (a dragged bar) in proportion; at both ends the two agree.
 */
export class ScrollMap {
  private total = 0
  private viewport = 0
  private tall = 0
  /** Where the native bar stands. */
  native = 0
  /** The pixel of the content at the top of the viewport. */
  top = 0

  get nativeHeight(): number {
    return this.tall
  }

  get maxTop(): number {
    return Math.max(0, this.total - this.viewport)
  }

  get scaled(): boolean {
    return this.total > MAX_NATIVE_PX
  }

  resize(total: number, viewport: number): void {
    this.total = total
    this.viewport = viewport
    this.tall = Math.min(total, MAX_NATIVE_PX)
    if (this.top > this.maxTop) this.moveTo(this.maxTop)
  }

  /** Tells where the native bar stands now; returns the content's pixel at the top. */
  onScroll(native: number): number {
    const maxNative = Math.max(0, this.tall - this.viewport)
    const moved = native - this.native
    this.native = native
    if (!this.scaled) this.top = clamp(native, 0, this.maxTop)
    else if (native <= 0) this.top = 0
    else if (native >= maxNative - 1) this.top = this.maxTop
    else if (Math.abs(moved) <= this.viewport * 1.5) this.top = clamp(this.top + moved, 0, this.maxTop)
    else this.top = (native / maxNative) * this.maxTop
    return this.top
  }

  /** Moves to a pixel of the content; returns where the native bar must stand. */
  moveTo(top: number): number {
    this.top = clamp(top, 0, this.maxTop)
    const maxNative = Math.max(0, this.tall - this.viewport)
    this.native = this.scaled && this.maxTop > 0 ? (this.top / this.maxTop) * maxNative : this.top
    return this.native
  }
}
