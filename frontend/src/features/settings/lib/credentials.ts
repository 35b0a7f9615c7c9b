import { z } from 'zod'

/** What the hub sends in a secret's place; sent back, it means "unchanged". */
export const MASK = '********'

export interface Section {
  url: string
  username: string
  password: string
  totp?: string
  problema?: { codigo: string; mensagem: string }
}

export type CredentialsDocument = Record<string, unknown>

const GROUPS: Record<string, readonly [string, string]> = {
  amplis_reag: ['amplis', 'reag'],
  amplis_master: ['amplis', 'master'],
}

const placeOf = (sistemaId: string): readonly string[] => GROUPS[sistemaId] ?? [sistemaId]

/** A sistema's section of the credentials document; empty fields where there is none yet. */
export function sectionOf(document: CredentialsDocument, sistemaId: string): Section {
  let node: unknown = document
  for (const part of placeOf(sistemaId)) {
    node = typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[part] : undefined
  }
  return { url: '', username: '', password: '', ...(node as Partial<Section> | undefined) }
}

/** A document that holds that section alone, to be merged by the hub. */
export function documentWith(sistemaId: string, section: Record<string, string>): CredentialsDocument {
  const [outer = sistemaId, inner] = placeOf(sistemaId)
  return { [outer]: inner ? { [inner]: section } : section }
}

/** Fields of the form. A secret is "" until something is typed, whether one is stored or not. */
export interface CredentialForm {
  url: string
  username: string
  password: string
  totp: string
  /** Stored secrets that are to be deleted. */
  remover: string[]
}

const ADDRESS = /^(https?|demo):\/\/\S+$/

export const credentialSchema = z.object({
  url: z
    .string()
    .trim()
    .refine((url) => url === '' || ADDRESS.test(url), 'Comece com https:// e não use espaços.'),
  username: z.string().trim().max(200, 'No máximo 200 caracteres.'),
  password: z.string().refine((p) => p !== MASK, 'Informe a senha de verdade.'),
  totp: z
    .string()
    .trim()
    .refine((t) => t === '' || /^[A-Za-z2-7\s=]+$/.test(t), 'O segredo tem só letras e os números de 2 a 7.'),
  remover: z.array(z.string()),
})

/** What to send: typed secrets as they are, deleted ones as "", the others as the mask. */
export function sectionToSend(form: CredentialForm, stored: Section): Record<string, string> {
  const secret = (name: 'password' | 'totp'): string => {
    if (form[name]) return form[name]
    return form.remover.includes(name) || !stored[name] ? '' : MASK
  }
  const section: Record<string, string> = { url: form.url, username: form.username, password: secret('password') }
  if (stored.totp !== undefined) section.totp = secret('totp')
  return section
}
