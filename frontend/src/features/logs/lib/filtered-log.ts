import type { LogLine } from '@/lib/api/types'
import type { FetchLines, LogSource } from './job-log'
import { Notifier } from './notifier'

const CHUNK = 1000
/** Lines kept of a filter's result; more than anyone reads, and a bound for the memory. */
export const MAX_MATCHES = 50_000
const RETRY_MS = 2000
const NEAR_END = 200
const LIVE_INTERVAL_MS = 400

/** The lines of a job that match a filter, as the hub finds them, from the first on; it goes on while the job does. */
export class FilteredLog implements LogSource {
  readonly notifier = new Notifier()
  private readonly lines: LogLine[] = []
  private cursor = 0
  private busy = false
  private grew = false
  private wantsAll = false
  private wantedEnd = NEAR_END
  private timer: ReturnType<typeof setTimeout> | undefined
  private abort = new AbortController()
  private readonly fetchLines: FetchLines
  private readonly max: number
  private waiting: { seq: number; done: () => void }[] = []
  /** The whole log was searched, as far as it goes now. */
  caughtUp = false
  failed = false

  constructor(fetchLines: FetchLines, max = MAX_MATCHES) {
    this.fetchLines = fetchLines
    this.max = max
  }

  get count(): number {
    return this.lines.length
  }

  get full(): boolean {
    return this.lines.length >= this.max
  }

  line(index: number): LogLine | undefined {
    return this.lines[index]
  }

  indexOf(seq: number): number {
    let low = 0
    let high = this.lines.length
    while (low < high) {
      const mid = (low + high) >> 1
      if ((this.lines[mid]?.seq ?? 0) < seq) low = mid + 1
      else high = mid
    }
    return Math.min(low, Math.max(0, this.lines.length - 1))
  }

  need(_start: number, end: number): void {
    this.wantedEnd = end + NEAR_END
    if (!this.caughtUp && end + NEAR_END >= this.lines.length) this.load()
  }

  reach(seq: number): Promise<void> {
    if (this.reached(seq)) return Promise.resolve()
    return new Promise((done) => {
      this.waiting.push({ seq, done })
      this.load()
    })
  }

  /** Reads on to the end, for whoever follows it. */
  setFollow(follow: boolean): void {
    this.wantsAll = follow
    if (follow) this.load()
  }

  /** The job has written more since. */
  grown(): void {
    if (!this.caughtUp) {
      this.grew = true
      return
    }
    this.caughtUp = false
    this.timer = setTimeout(() => this.load(), LIVE_INTERVAL_MS)
  }

  dispose(): void {
    clearTimeout(this.timer)
    this.notifier.stop()
    this.abort.abort()
    this.abort = new AbortController()
    this.busy = false
  }

  private reached(seq: number): boolean {
    return this.caughtUp || this.full || (this.lines.at(-1)?.seq ?? 0) >= seq
  }

  private load(): void {
    if (this.busy || this.caughtUp || this.full) return
    this.busy = true
    void this.loadChunk()
  }

  private async loadChunk(): Promise<void> {
    const { signal } = this.abort
    try {
      const page = await this.fetchLines(this.cursor, CHUNK, signal)
      if (signal.aborted) return
      this.failed = false
      this.lines.push(...page.logs)
      this.cursor = page.next ?? page.logs.at(-1)?.seq ?? this.cursor
      this.caughtUp = page.logs.length < CHUNK
      if (this.caughtUp && this.grew) this.grown()
      this.grew = false
    } catch {
      if (signal.aborted) return
      this.failed = true
      this.timer = setTimeout(() => this.load(), RETRY_MS)
    }
    this.busy = false
    this.notifier.changed()
    const there = this.waiting.filter((w) => this.reached(w.seq))
    this.waiting = this.waiting.filter((w) => !there.includes(w))
    for (const { done } of there) done()
    if (!this.failed && (this.wantsAll || this.waiting.length > 0 || this.lines.length < this.wantedEnd)) this.load()
  }
}
