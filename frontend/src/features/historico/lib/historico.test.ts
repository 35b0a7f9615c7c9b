import { describe, expect, it } from 'vitest'
import type { Job, JobSistema, Transicao } from '@/lib/api/types'
import { readFilters, writeFilters } from './filters'
import { buildTimeline, ticks } from './timeline'

const at = (s: number): string => new Date(Date.UTC(2026, 10, 25, 8, 0, s)).toISOString()
const T0 = Date.parse(at(0))

const change = (s: number, de: Transicao['de'], para: Transicao['para'], tentativa = 1): Transicao => ({
  execution_id: 1, sistema_id: 'maps', em: at(s), de, para, tentativa, por: 'x', motivo: '',
})

function timeline(changes: Transicao[], finished: number | null, now = 60) {
  const sistema = { execution_id: 1, sistema_id: 'maps', finished_at: finished === null ? null : at(finished) } as JobSistema
  const job = { created_at: at(0), finished_at: finished === null ? null : at(finished), sistemas: [sistema] } as Job
  const built = buildTimeline(job, changes, T0 + now * 1000)
  return built.rows[0]?.segments.map((s) => [(s.from - T0) / 1000, (s.to - T0) / 1000, s.kind, s.tentativa])
}

describe('buildTimeline', () => {
  it('shows one wait and one good run', () => {
    const changes = [change(1, 'pending', 'queued'), change(4, 'queued', 'running'), change(10, 'running', 'success')]
    expect(timeline(changes, 10)).toEqual([[0, 4, 'waiting', 1], [4, 10, 'success', 1]])
  })
  it('shows a failed attempt, the wait, and the next attempt', () => {
    const changes = [
      change(0, 'pending', 'queued'), change(1, 'queued', 'running'), change(5, 'running', 'pending'),
      change(8, 'pending', 'queued', 1), change(8, 'queued', 'running', 2), change(12, 'running', 'error', 2),
    ]
    expect(timeline(changes, 12)).toEqual([
      [0, 1, 'waiting', 1], [1, 5, 'error', 1], [5, 8, 'waiting', 1], [8, 12, 'error', 2],
    ])
  })
  it('shows a run that was cancelled as one stretch', () => {
    const changes = [change(1, 'pending', 'running'), change(5, 'running', 'cancelling'), change(7, 'cancelling', 'cancelled')]
    expect(timeline(changes, 7)).toEqual([[0, 1, 'waiting', 1], [1, 7, 'cancelled', 1]])
  })
  it('lets what still runs reach to now', () => {
    expect(timeline([change(2, 'pending', 'running')], null, 30)).toEqual([[0, 2, 'waiting', 1], [2, 30, 'running', 1]])
  })
})

it('counts on the time of what runs and ended while the job goes on, whatever was stored', () => {
  const sistema = { execution_id: 1, sistema_id: 'maps', finished_at: null, duracao_segundos: 0.3 } as JobSistema
  const job = { created_at: at(0), finished_at: null, sistemas: [sistema] } as Job
  const seconds = (changes: Transicao[]) => buildTimeline(job, changes, T0 + 30_000).rows[0]?.seconds
  expect(seconds([])).toBeNull()
  expect(seconds([change(2, 'pending', 'running')])).toBe(28)
  expect(seconds([change(2, 'pending', 'running'), change(9, 'running', 'success')])).toBe(7)
  expect(buildTimeline({ ...job, finished_at: at(40) }, [], T0).rows[0]?.seconds).toBe(0.3)
})

it('marks a span at round places', () => {
  expect(ticks(82)).toEqual([0, 15, 30, 45, 60, 75])
  expect(ticks(5)).toEqual([0, 1, 2, 3, 4, 5])
  expect(ticks(1_000_000).length).toBeLessThanOrEqual(8)
})

describe('filters in the address', () => {
  it('come back as they were written', () => {
    const filters = { status: 'error', sistema: 'maps', de: '2026-11-01', ate: '2026-11-25', page: 3 } as const
    expect(readFilters(writeFilters(filters))).toEqual(filters)
  })
  it('leave out what makes no sense', () => {
    expect(readFilters(new URLSearchParams('status=feliz&de=ontem&pagina=-2'))).toEqual({
      status: '', sistema: '', de: '', ate: '', page: 1,
    })
  })
})
