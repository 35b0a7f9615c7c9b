import { afterEach, describe, expect, it, vi } from 'vitest'

import { api } from './client'

const ID = '9f2c0d1e8a7b6c5d'

function answer(status: number, body: string, headers: Record<string, string> = {}) {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status, headers: { 'X-Request-ID': ID, ...headers } })))
}

async function messageOf(): Promise<string> {
  try {
    await api('/stats')
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('errors of the hub', () => {
  it('tell the number under which its log has a fault of its own', async () => {
    answer(503, JSON.stringify({ detail: 'O banco de dados não responde.' }))
    expect(await messageOf()).toBe(`O banco de dados não responde. (ocorrência ${ID})`)
    answer(502, '<html>proxy</html>')
    expect(await messageOf()).toBe(`O hub respondeu com erro (502). (ocorrência ${ID})`)
  })

  it('do not tell it twice', async () => {
    answer(500, JSON.stringify({ detail: `Erro interno do servidor (ocorrência ${ID}).` }))
    expect(await messageOf()).toBe(`Erro interno do servidor (ocorrência ${ID}).`)
  })

  it('do not trouble a reader with it who did something wrong himself', async () => {
    answer(404, JSON.stringify({ detail: 'Execução não encontrada.' }))
    expect(await messageOf()).toBe('Execução não encontrada.')
  })
})
