import { expect, it } from 'vitest'
import { missing, readOld } from './old-preferences'

const storage = (items: Record<string, string>) => ({ getItem: (key: string) => items[key] ?? null })

it('reads what an earlier version kept in this browser', () => {
  const old = storage({ 'etlhub.tema': 'dark', 'etlhub.avisos': '0', 'etlhub.quebrar-linhas': '1' })
  expect(readOld(old)).toEqual({ tema: 'dark', avisos: false, quebrar_linhas: true })
  expect(readOld(storage({ 'etlhub.tema': 'roxo' }))).toEqual({})
})

it('takes it over once: the next user of the browser inherits nothing', () => {
  expect(readOld(storage({ 'etlhub.tema': 'dark', 'etlhub.preferencias': '1' }))).toEqual({})
})

it('leaves what the hub knows', () => {
  const kept = { tema: 'light', avisos: null, quebrar_linhas: false } as const
  expect(missing(kept, { tema: 'dark', avisos: true, quebrar_linhas: true })).toEqual({ avisos: true })
})
