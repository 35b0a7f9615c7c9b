import type { LogLine } from '@/lib/api/types'
import type { FetchLines, LineRange, LogSource } from './job-log'
import { Notifier } from './notifier'

const CHUNK = 1000
/** Lines kept of a filter's result; more than anyone reads, and a bound for the memory. */
export const MAX_MATCHES = 50_000
const RETRY_MS = 2000
const LIVE_INTERVAL_MS = 400
const NEAR_TOP = 100

interface FilteredOptions {
  max?: number
  /** Reads back to the first match by itself, not only when the reader scrolls there. */
  eager?: boolean
}

/**
 * The lines of a job that match a filter, as the hub finds them: the last ones first, older ones as the reader goes up,
 * new ones as the job writes them.
 */
export class FilteredLog implements LogSource {
  readonly notifier = new Notifier()
  private lines: LogLine[] = []
  private readonly max: number
  private readonly eager: boolean
  private readonly fetchLines: FetchLines
  private abort = new AbortController()
  private timer: ReturnType<typeof setTimeout> | undefined
  private busy = false
  private opened = false
  private grew = false
  private nearTop = false
  private waiting: { seq: number; done: () => void }[] = []
  prepended = 0
  /** The oldest match is among the lines: their number is the whole number. */
  complete = false
  failed = false

  constructor(fetchLines: FetchLines, { max = MAX_MATCHES, eager = false }: FilteredOptions = {}) {
    this.fetchLines = fetchLines
    this.max = max
    this.eager = eager
  }

  get count(): number {
    return this.lines.length
  }

  get full(): boolean {
    return this.lines.length >= this.max
  }

  /** Nothing was read yet. */
  get pending(): boolean {
    return !this.opened
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

  start(): void {
    this.pump()
  }

  need(start: number): void {
    this.nearTop = start < NEAR_TOP
    if (this.nearTop) this.pump()
  }

  reach(seq: number): Promise<void> {
    if (this.reached(seq)) return Promise.resolve()
    return new Promise((done) => {
      this.waiting.push({ seq, done })
      this.pump()
    })
  }

  /** The job has written more since. */
  grown(): void {
    if (this.grew) return
    this.grew = true
    this.timer = setTimeout(() => this.pump(), LIVE_INTERVAL_MS)
  }

  dispose(): void {
    clearTimeout(this.timer)
    this.notifier.stop()
    this.abort.abort()
    this.abort = new AbortController()
    this.busy = false
    this.grew = false
  }

  private reached(seq: number): boolean {
    return this.opened && (this.complete || this.full || (this.lines[0]?.seq ?? Infinity) <= seq)
  }

  private pump(): void {
    if (this.busy) return
    const older = this.opened && !this.complete && !this.full && (this.eager || this.nearTop || this.waiting.length > 0)
    if (!this.opened) void this.read({ ultimas: true, limit: CHUNK })
    else if (this.grew) void this.read({ after: this.lines.at(-1)?.seq ?? 0, limit: CHUNK })
    else if (older) void this.read({ ultimas: true, before: this.lines[0]?.seq ?? 0, limit: CHUNK })
  }

  private async read(range: LineRange): Promise<void> {
    const { signal } = this.abort
    this.busy = true
    if (range.after !== undefined) this.grew = false
    try {
      const { logs } = await this.fetchLines(range, signal)
      if (signal.aborted) return
      this.failed = false
      if (range.after !== undefined) this.append(logs)
      else this.prepend(logs)
    } catch {
      if (signal.aborted) return
      this.failed = true
      this.grew ||= range.after !== undefined
      this.timer = setTimeout(() => this.pump(), RETRY_MS)
    }
    this.busy = false
    const there = this.waiting.filter((w) => this.reached(w.seq))
    this.waiting = this.waiting.filter((w) => !there.includes(w))
    for (const { done } of there) done()
    this.notifier.changed()
    if (!this.failed) this.pump()
  }

  private prepend(logs: LogLine[]): void {
    if (this.opened) this.prepended += logs.length
    this.opened = true
    this.nearTop = false
    this.complete = logs.length < CHUNK
    this.lines = logs.concat(this.lines)
  }

  private append(logs: LogLine[]): void {
    this.lines.push(...logs)
    if (logs.length === CHUNK) this.grew = true
    const excess = this.lines.length - this.max
    if (excess <= 0) return
    this.lines.splice(0, excess)
    this.prepended -= excess
    this.complete = false
  }
}
