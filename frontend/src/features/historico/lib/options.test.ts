import { describe, expect, it } from 'vitest'
import type { Job } from '@/lib/api/types'
import { describeOptions } from './options'

const job = (given: Partial<Job>): Job =>
  ({
    dry_run: false, limpar: false, params: {},
    sistemas: [{ sistema_id: 'amplis_reag', nome: 'AMPLIS (REAG)' }, { sistema_id: 'qore', nome: 'QORE' }],
    ...given,
  }) as Job

describe('describeOptions', () => {
  it('says padrão where nothing was asked for', () => {
    expect(describeOptions(job({}))).toEqual(['padrão'])
  })
  it('tells which sistema each opção is of', () => {
    const params = { opcoes: { amplis_reag: { csv: true, pdf: false }, qore: { excel: true } } } as unknown as Job['params']
    expect(describeOptions(job({ dry_run: true, params }))).toEqual([
      'simulação',
      'AMPLIS (REAG): CSV, sem PDF',
      'QORE: Excel',
    ])
  })
})
