import { describe, expect, it } from 'vitest'
import { credentialSchema, documentWith, MASK, sectionOf, sectionToSend } from './credentials'

const form = { url: 'https://portal', username: 'ana', password: '', totp: '', remover: [] as string[] }
const stored = { url: 'https://portal', username: 'ana', password: MASK, totp: MASK }

describe('sectionToSend', () => {
  it('sends the mask for a secret that nobody touched', () => {
    expect(sectionToSend(form, stored)).toMatchObject({ password: MASK, totp: MASK })
  })
  it('sends what was typed', () => {
    expect(sectionToSend({ ...form, password: 'nova' }, stored).password).toBe('nova')
  })
  it('sends nothing where nothing is stored, and for what is to be deleted', () => {
    expect(sectionToSend(form, { ...stored, password: '' }).password).toBe('')
    expect(sectionToSend({ ...form, remover: ['password'] }, stored).password).toBe('')
  })
  it('leaves the authenticator out where the sistema has none', () => {
    expect(sectionToSend(form, { url: '', username: '', password: MASK })).not.toHaveProperty('totp')
  })
})

describe('the credentials document', () => {
  it('puts the two AMPLIS logins in one section', () => {
    expect(documentWith('amplis_reag', { url: 'x' })).toEqual({ amplis: { reag: { url: 'x' } } })
    expect(documentWith('maps', { url: 'x' })).toEqual({ maps: { url: 'x' } })
  })
  it('finds a section, or an empty one', () => {
    expect(sectionOf({ amplis: { master: { url: 'y', username: 'u', password: '' } } }, 'amplis_master').url).toBe('y')
    expect(sectionOf({}, 'qore')).toEqual({ url: '', username: '', password: '' })
  })
})

it.each([
  [{ url: 'portal.com' }, false],
  [{ url: 'https://portal.com/a b' }, false],
  [{ url: '' }, true],
  [{ url: 'demo://maps' }, true],
  [{ password: MASK }, false],
  [{ totp: 'JBSW Y3DP' }, true],
  [{ totp: '123!' }, false],
])('judges %o', (part, good) => {
  expect(credentialSchema.safeParse({ ...form, ...part }).success).toBe(good)
})
