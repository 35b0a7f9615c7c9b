import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LogLine, LogPage } from '@/lib/api/types'
import { FilteredLog } from './filtered-log'
import { JobLog, type LineRange, MAX_PAGES, PAGE } from './job-log'

const line = (seq: number): LogLine => ({
  seq,
  level: seq % 7 === 0 ? 'ERROR' : 'INFO',
  sistema: 'MAPS',
  mensagem: `linha ${seq}`,
  timestamp: '2026-11-25T08:00:00.000-03:00',
})

/** A hub with `total` lines of which `match` is kept, answering as the real one does. */
function hub(total: () => number, match: (l: LogLine) => boolean = () => true) {
  const asked: LineRange[] = []
  const fetchLines = (range: LineRange): Promise<LogPage> => {
    asked.push(range)
    const { after = 0, before = Infinity, limit, ultimas } = range
    const found = Array.from({ length: total() }, (_, i) => line(i + 1)).filter(
      (l) => l.seq > after && l.seq < before && match(l),
    )
    const logs = ultimas ? found.slice(-limit) : found.slice(0, limit)
    return Promise.resolve({ logs, next: logs.at(-1)?.seq ?? after, total: total(), first: 1 })
  }
  return { fetchLines, asked }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000)

describe('JobLog', () => {
  it('fetches only the pages that are being read', async () => {
    const { fetchLines, asked } = hub(() => 10_000)
    const log = new JobLog(fetchLines, 1, 10_000)
    log.need(4990, 5010)
    await settle()
    expect(log.line(4999)?.seq).toBe(5000)
    expect(log.line(0)).toBeUndefined()
    expect(asked.map((r) => r.after)).toEqual([4500, 5000])
  })

  it('takes live lines and repeats none', () => {
    const { fetchLines } = hub(() => 0)
    const log = new JobLog(fetchLines)
    log.put([line(1), line(2)])
    log.put([line(2), line(3)])
    expect(log.count).toBe(3)
    expect([0, 1, 2].map((i) => log.line(i)?.seq)).toEqual([1, 2, 3])
  })

  it('fills a gap in the live lines from the hub', async () => {
    const { fetchLines } = hub(() => 40)
    const log = new JobLog(fetchLines)
    log.put([line(1), line(40)])
    expect(log.line(20)).toBeUndefined()
    log.need(0, 39)
    await settle()
    expect(log.line(20)?.seq).toBe(21)
  })

  it('keeps its memory bounded through a flood', () => {
    const { fetchLines } = hub(() => 0)
    const log = new JobLog(fetchLines)
    for (let page = 0; page < MAX_PAGES * 3; page++) {
      log.put(Array.from({ length: PAGE }, (_, i) => line(page * PAGE + i + 1)))
    }
    expect(log.heldPages).toBeLessThanOrEqual(MAX_PAGES)
    expect(log.count).toBe(MAX_PAGES * 3 * PAGE)
    expect(log.line(log.count - 1)?.seq).toBe(log.count)
  })

  it('keeps what is in sight while the flood goes on', async () => {
    const { fetchLines } = hub(() => 1000)
    const log = new JobLog(fetchLines, 1, 1000)
    log.need(0, 40)
    await settle()
    for (let page = 2; page < MAX_PAGES * 2; page++) {
      log.put(Array.from({ length: PAGE }, (_, i) => line(page * PAGE + i + 1)))
    }
    expect(log.line(20)?.seq).toBe(21)
  })

  it('tries again after a failure', async () => {
    let fails = 1
    const { fetchLines } = hub(() => 10)
    const log = new JobLog((range) => (fails-- > 0 ? Promise.reject(new Error('fora')) : fetchLines(range)), 1, 10)
    log.need(0, 9)
    await settle()
    expect(log.line(0)).toBeUndefined()
    await vi.advanceTimersByTimeAsync(3000)
    expect(log.line(0)?.seq).toBe(1)
  })

  it('tells of many changes at once', async () => {
    const log = new JobLog(hub(() => 0).fetchLines)
    const heard = vi.fn()
    log.notifier.subscribe(heard)
    for (let i = 1; i <= 500; i++) log.put([line(i)])
    await settle()
    expect(heard).toHaveBeenCalledTimes(1)
  })
})

describe('FilteredLog', () => {
  const errors = (l: LogLine): boolean => l.level === 'ERROR'

  it('begins at the end and reads back as the reader goes up', async () => {
    const { fetchLines } = hub(() => 21_000, errors)
    const log = new FilteredLog(fetchLines)
    log.start()
    await settle()
    expect(log.count).toBe(1000)
    expect(log.line(999)?.seq).toBe(21_000)
    log.need(0)
    await settle()
    expect(log.count).toBe(2000)
    expect(log.prepended).toBe(1000)
    expect(log.complete).toBe(false)
  })

  it('knows when it has them all', async () => {
    const log = new FilteredLog(hub(() => 70, errors).fetchLines)
    log.start()
    await settle()
    expect(log.count).toBe(10)
    expect(log.complete).toBe(true)
  })

  it('adds what the job writes later, once', async () => {
    let total = 70
    const log = new FilteredLog(hub(() => total, errors).fetchLines)
    log.start()
    await settle()
    total = 140
    log.grown()
    log.grown()
    await settle()
    expect(log.count).toBe(20)
  })

  it('reaches a line far back', async () => {
    const log = new FilteredLog(hub(() => 21_000, errors).fetchLines)
    log.start()
    const there = log.reach(700)
    await settle()
    await there
    expect(log.line(log.indexOf(700))?.seq).toBe(700)
  })

  it('keeps no more than its bound, and the last of them', async () => {
    let total = 1400
    const log = new FilteredLog(hub(() => total, errors).fetchLines, { max: 250, eager: true })
    log.start()
    await settle()
    total = 2100
    log.grown()
    await settle()
    expect(log.count).toBe(250)
    expect(log.line(249)?.seq).toBe(2100)
    expect(log.complete).toBe(false)
  })
})
