const BLOCK = 256

/**
 * Heights of very many rows of which nearly all are alike: only the exceptions are kept, summed by block,
 * so a million rows cost a few kilobytes and a look-up a few thousand additions.
 */
export class Heights {
  readonly base: number
  private rows = 0
  private readonly extra = new Map<number, number>()
  private blocks: number[] = []
  private extraTotal = 0

  constructor(base: number) {
    this.base = base
  }

  get count(): number {
    return this.rows
  }

  get total(): number {
    return this.rows * this.base + this.extraTotal
  }

  /** Some row has a height of its own. */
  get irregular(): boolean {
    return this.extra.size > 0
  }

  resize(count: number): void {
    if (count < this.rows) {
      for (const index of [...this.extra.keys()]) if (index >= count) this.set(index, this.base)
    }
    this.rows = count
  }

  clear(): void {
    this.extra.clear()
    this.blocks = []
    this.extraTotal = 0
  }

  /** All rows moved down by so many places (up, when negative). */
  shift(by: number): void {
    const moved = [...this.extra].map(([index, extra]) => [index + by, extra] as const)
    this.clear()
    for (const [index, extra] of moved) if (index >= 0) this.set(index, this.base + extra)
  }

  get(index: number): number {
    return this.base + (this.extra.get(index) ?? 0)
  }

  /** Returns by how many pixels the row grew. */
  set(index: number, height: number): number {
    const extra = height - this.base
    const change = extra - (this.extra.get(index) ?? 0)
    if (change === 0) return 0
    if (extra === 0) this.extra.delete(index)
    else this.extra.set(index, extra)
    const block = Math.floor(index / BLOCK)
    this.blocks[block] = (this.blocks[block] ?? 0) + change
    this.extraTotal += change
    return change
  }

  /** Where the row's top lies. */
  offset(index: number): number {
    let y = index * this.base
    const block = Math.floor(index / BLOCK)
    for (let b = 0; b < block; b++) y += this.blocks[b] ?? 0
    if (this.blocks[block]) for (let i = block * BLOCK; i < index; i++) y += this.extra.get(i) ?? 0
    return y
  }

  /** The row that covers `y`, kept within the rows there are. */
  indexAt(y: number): number {
    if (this.rows === 0) return 0
    let top = 0
    let block = 0
    const last = Math.floor((this.rows - 1) / BLOCK)
    for (; block < last; block++) {
      const height = BLOCK * this.base + (this.blocks[block] ?? 0)
      if (top + height > y) break
      top += height
    }
    let index = block * BLOCK
    if (!this.blocks[block]) return Math.min(index + Math.max(0, Math.floor((y - top) / this.base)), this.rows - 1)
    while (index < this.rows - 1 && top + this.get(index) <= y) {
      top += this.get(index)
      index += 1
    }
    return index
  }
}
