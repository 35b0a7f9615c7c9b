import type { LogLine, LogPage } from '@/lib/api/types'
import { Notifier } from './notifier'

export const PAGE = 500
/** 80 pages of 500 lines: what is kept of a log of any length. */
export const MAX_PAGES = 80
const MAX_FETCHES = 2
const MAX_NAMES = 100
const RETRY_MS = 2000

export interface LineRange {
  limit: number
  after?: number
  before?: number
  /** The last lines of the range instead of the first. */
  ultimas?: true
}

export type FetchLines = (range: LineRange, signal: AbortSignal) => Promise<LogPage>

/** What a list of lines is to the view that draws it. */
export interface LogSource {
  readonly notifier: Notifier
  readonly count: number
  /** Rows that were put before the first since the start, less those taken away there. */
  readonly prepended: number
  line: (index: number) => LogLine | undefined
  /** Asks for the rows that are about to be drawn. */
  need: (start: number, end: number) => void
  /** The row of a line, or of the first one after it. */
  indexOf: (seq: number) => number
  /** Resolves when the row of that line is known. */
  reach: (seq: number) => Promise<void>
  dispose: () => void
}

interface Page {
  lines: (LogLine | undefined)[]
  held: number
}

/**
 * A job's whole log as rows, of which only a few pages are in memory: those near what is being read. Lines come from
 * the live feed and, where they are missing, from the hub by seq. Seqs of a job have no gaps.
 */
export class JobLog implements LogSource {
  readonly notifier = new Notifier()
  first: number
  last: number
  prepended = 0
  /** Who wrote the lines seen so far. */
  readonly sistemas = new Set<string>()
  private readonly pages = new Map<number, Page>()
  private readonly fetching = new Map<number, AbortController>()
  private wanted: [number, number] = [0, -1]
  private retry: ReturnType<typeof setTimeout> | undefined
  private readonly fetchLines: FetchLines

  constructor(fetchLines: FetchLines, first = 1, last = 0) {
    this.fetchLines = fetchLines
    this.first = Math.max(1, first)
    this.last = last
  }

  get count(): number {
    return Math.max(0, this.last - this.first + 1)
  }

  get heldPages(): number {
    return this.pages.size
  }

  line(index: number): LogLine | undefined {
    const seq = this.first + index
    return this.pages.get(pageOf(seq))?.lines[(seq - 1) % PAGE]
  }

  indexOf(seq: number): number {
    return Math.min(Math.max(seq - this.first, 0), Math.max(this.count - 1, 0))
  }

  reach(): Promise<void> {
    return Promise.resolve()
  }

  /** Takes lines in any order; what is held already stays. */
  put(lines: readonly LogLine[]): void {
    for (const line of lines) {
      const n = pageOf(line.seq)
      const page = this.pages.get(n) ?? this.addPage(n)
      const slot = (line.seq - 1) % PAGE
      if (page.lines[slot] === undefined) {
        page.lines[slot] = line
        page.held += 1
        if (this.sistemas.size < MAX_NAMES) this.sistemas.add(line.sistema)
      }
      if (line.seq > this.last) this.last = line.seq
    }
    if (lines.length > 0) this.notifier.changed()
  }

  need(start: number, end: number): void {
    this.wanted = [this.first + start, Math.min(this.first + end, this.last)]
    for (let n = pageOf(this.wanted[0]); n <= pageOf(this.wanted[1]); n++) this.touch(n)
    this.pump()
  }

  dispose(): void {
    clearTimeout(this.retry)
    this.notifier.stop()
    for (const controller of this.fetching.values()) controller.abort()
  }

  private pump(): void {
    const [from, to] = this.wanted
    if (to < from) return
    for (let n = pageOf(from); n <= pageOf(to); n++) {
      if (this.fetching.size >= MAX_FETCHES) return
      if (!this.fetching.has(n) && !this.complete(n, from, to)) void this.fetchPage(n)
    }
  }

  private complete(n: number, from: number, to: number): boolean {
    const page = this.pages.get(n)
    if (!page) return false
    if (page.held === PAGE) return true
    for (let seq = Math.max(from, n * PAGE + 1); seq <= Math.min(to, (n + 1) * PAGE); seq++) {
      if (page.lines[(seq - 1) % PAGE] === undefined) return false
    }
    return true
  }

  private async fetchPage(n: number): Promise<void> {
    const controller = new AbortController()
    this.fetching.set(n, controller)
    try {
      const page = await this.fetchLines({ after: n * PAGE, limit: PAGE }, controller.signal)
      this.fetching.delete(n)
      // Retention may have taken the oldest lines.
      if (page.first > this.first) {
        this.prepended -= page.first - this.first
        this.first = page.first
      }
      this.put(page.logs)
      if (page.logs.length > 0) this.pump()
    } catch {
      this.fetching.delete(n)
      if (controller.signal.aborted) return
      clearTimeout(this.retry)
      this.retry = setTimeout(() => this.pump(), RETRY_MS)
    }
  }

  private touch(n: number): void {
    const page = this.pages.get(n)
    if (!page) return
    this.pages.delete(n)
    this.pages.set(n, page)
  }

  private addPage(n: number): Page {
    const page: Page = { lines: new Array<LogLine | undefined>(PAGE), held: 0 }
    this.pages.set(n, page)
    const [low, high] = [pageOf(this.wanted[0]), pageOf(this.wanted[1])]
    for (const old of this.pages.keys()) {
      if (this.pages.size <= MAX_PAGES) break
      if (old !== n && (old < low || old > high)) this.pages.delete(old)
    }
    return page
  }
}

function pageOf(seq: number): number {
  return Math.floor((Math.max(seq, 1) - 1) / PAGE)
}
