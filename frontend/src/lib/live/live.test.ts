import { describe, expect, it } from 'vitest'
import { backoff } from './backoff'
import { checkMessage } from './check'
import { JobWatch } from './job-watch'
import { parseMessage, type StatusPayload } from './messages'
import { isActive, merge, telling } from './status'

const status = (part: Partial<StatusPayload>): StatusPayload => ({
  job_id: 1,
  sistema_id: 'maps',
  status: 'RUNNING',
  progresso: 10,
  mensagem: 'indo',
  execution_id: 5,
  versao: 3,
  estado: 'running',
  ...part,
})

describe('parseMessage', () => {
  it('reads what it knows', () => {
    expect(parseMessage('{"type":"job_complete","payload":{"job_id":1,"status":"SUCCESS","duracao_segundos":2}}')?.type).toBe(
      'job_complete',
    )
  })
  it.each(['', 'x', 'null', '[]', '{"type":"pong","payload":{}}', '{"type":"log"}', '{"type":"log","payload":null}'])(
    'ignores %s',
    (text) => expect(parseMessage(text)).toBeNull(),
  )
})

describe('merge', () => {
  const before = merge({}, status({}), 100)

  it('takes a newer version', () => {
    expect(merge(before, status({ versao: 4, progresso: 50 }))[5]?.progresso).toBe(50)
  })
  it('drops an older version of the same execution', () => {
    expect(merge(before, status({ versao: 2, progresso: 1 }))).toBe(before)
  })
  it('keeps what is not over, and of the others the newest', () => {
    const over = { estado: 'success', status: 'SUCCESS' } as const
    const known = [
      status({ execution_id: 4, ...over }),
      status({ execution_id: 6, estado: 'pending', status: 'IDLE' }),
      status({ execution_id: 7, estado: 'cancelled', status: 'CANCELLED' }),
      status({ versao: 9, ...over }),
    ].reduce((all, each) => merge(all, each), before)
    expect(Object.keys(known)).toEqual(['6', '7'])
  })
  it('remembers since when a code is asked for', () => {
    const codigo_pedido = { campo: 'otp', prazo: 120, mensagem: 'código?' }
    const asked = merge(before, status({ versao: 4, codigo_pedido }), 200)
    expect(merge(asked, status({ versao: 5, codigo_pedido }), 900)[5]?.codigoDesde).toBe(200)
    expect(merge(asked, status({ versao: 6 }), 900)[5]?.codigo).toBeNull()
  })
})

describe('telling', () => {
  const told = (...parts: Partial<StatusPayload>[]) =>
    telling(parts.map(status).reduce((all, each) => merge(all, each), {}))?.executionId
  const waits = { estado: 'pending', status: 'IDLE' } as const
  const cancelled = { estado: 'cancelled', status: 'CANCELLED' } as const

  it('is the execution under way, whatever was asked for since', () => {
    expect(told({ execution_id: 5 }, { execution_id: 6, ...waits }, { execution_id: 7, ...cancelled })).toBe(5)
  })
  it('else the first that waits', () => {
    expect(told({ execution_id: 8, ...waits }, { execution_id: 6, ...waits }, { execution_id: 7, ...cancelled })).toBe(6)
  })
  it('else the last', () => {
    expect(told({ execution_id: 7, ...cancelled }, { execution_id: 5, estado: 'success', status: 'SUCCESS' })).toBe(7)
    expect(told()).toBeUndefined()
  })
})

it('counts waiting and cancelling as active', () => {
  expect(isActive({ status: 'IDLE', estado: 'pending' })).toBe(true)
  expect(isActive({ status: 'RUNNING', estado: 'cancelling' })).toBe(true)
  expect(isActive({ status: 'SUCCESS', estado: 'success' })).toBe(false)
  expect(isActive({ status: 'RUNNING', estado: null })).toBe(true)
})

it('finds a message that breaks the contract', () => {
  expect(checkMessage({ type: 'status', payload: status({}) })).toBeNull()
  expect(checkMessage({ type: 'status', payload: status({ progresso: 140 }) })).toContain('progresso')
})

describe('JobWatch', () => {
  it('is news when a job that ran here ends, once', () => {
    const jobs = new JobWatch()
    expect(jobs.onStatus(status({ estado: 'pending', status: 'IDLE' }))).toBe(true)
    expect(jobs.onStatus(status({}))).toBe(false)
    expect(jobs.onComplete(1)).toBe(true)
    expect(jobs.onComplete(1)).toBe(false)
  })
  it('is no news how a job ended before this page was opened', () => {
    const jobs = new JobWatch()
    jobs.onStatus(status({ estado: 'success', status: 'SUCCESS' }))
    expect(jobs.onComplete(1)).toBe(false)
  })
  it('still is news after the connection broke in between', () => {
    const jobs = new JobWatch()
    jobs.onStatus(status({}))
    jobs.onStatus(status({ estado: 'success', status: 'SUCCESS' }))
    expect(jobs.onComplete(1)).toBe(true)
  })
})

describe('backoff', () => {
  it('grows and stays below 15 seconds', () => {
    const waits = [1, 2, 3, 4, 5, 6, 20, 1000].map((n) => backoff(n, 1))
    expect(waits.slice(0, 3)).toEqual([500, 1000, 2000])
    expect(Math.max(...waits)).toBe(15_000)
  })
  it('spreads many tabs apart', () => expect(backoff(3, 0)).toBeLessThan(backoff(3, 0.99)))
})
