import { useSession } from '@/lib/session'

const BASE = '/api'
const TIMEOUT_MS = 20_000
const KEEP_ALIVE_CHARS = 10_000

export interface CampoErro {
  campo: string
  mensagem: string
}

/** What went wrong, in a sentence for the reader. status 0: the hub did not answer. */
export class ApiError extends Error {
  readonly status: number
  readonly campos: CampoErro[]
  /** The password was right; the code of the second factor is missing or wrong. */
  readonly segundoFator: boolean

  constructor(status: number, message: string, campos: CampoErro[] = [], segundoFator = false) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.campos = campos
    this.segundoFator = segundoFator
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

/** The path with its query; null, undefined and "" are left out. */
export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value != null && value !== '') search.set(key, String(value))
  }
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

interface Options {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  query?: Query
  /** JSON, or a form with files. */
  body?: unknown
  /** Only when what is stored still has this ETag; else the hub answers 412. */
  ifMatch?: string
  signal?: AbortSignal
  timeoutMs?: number
}

/** Calls the hub and returns its JSON; throws ApiError for every failure, network included. */
export async function api<T>(path: string, options: Options = {}): Promise<T> {
  const response = await call(path, options)
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** The same, with the ETag of what was read. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names what it reads, as with api()
export async function apiWithEtag<T>(path: string, options: Options = {}): Promise<{ data: T; etag: string }> {
  const response = await call(path, options)
  return { data: (await response.json()) as T, etag: response.headers.get('ETag') ?? '' }
}

async function call(path: string, options: Options): Promise<Response> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
  const init: RequestInit = {
    method: options.method ?? 'GET',
    credentials: 'same-origin',
    headers: headersOf(options),
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  }
  if (options.body !== undefined) {
    init.body = options.body instanceof FormData ? options.body : JSON.stringify(options.body)
  }
  // A change is sent even when the reader leaves the page at once; browsers limit how much may be on its way so.
  if (init.method !== 'GET' && (init.body === undefined || (typeof init.body === 'string' && init.body.length < KEEP_ALIVE_CHARS))) {
    init.keepalive = true
  }
  let response: Response
  try {
    response = await fetch(withQuery(BASE + path, options.query), init)
  } catch (error) {
    if (options.signal?.aborted) throw error
    const slow = timeout.aborted
    throw new ApiError(0, slow ? 'O hub demorou demais para responder.' : 'Sem conexão com o hub.')
  }
  if (response.ok) return response
  throw await toError(response, path)
}

function headersOf({ body, ifMatch }: Options): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  // A form's type is set by the browser, with its boundary.
  if (body !== undefined && !(body instanceof FormData)) headers['Content-Type'] = 'application/json'
  if (ifMatch) headers['If-Match'] = ifMatch
  return headers
}

async function toError(response: Response, path: string): Promise<ApiError> {
  if (response.status === 401 && !path.startsWith('/auth/')) useSession.getState().expire()
  let detail = ''
  let campos: CampoErro[] = []
  let segundoFator = false
  try {
    const body = (await response.json()) as { detail?: unknown; message?: unknown; campos?: CampoErro[]; segundo_fator?: boolean }
    if (typeof body.detail === 'string') detail = body.detail
    else if (typeof body.message === 'string') detail = body.message
    if (Array.isArray(body.campos)) campos = body.campos
    segundoFator = body.segundo_fator === true
  } catch {
    // not JSON (a proxy's page): the status alone must do
  }
  detail = withReference(detail || fallback(response.status), response)
  return new ApiError(response.status, detail || fallback(response.status), campos, segundoFator)
}

/** A fault of the hub's own says under which number its log has it. */
function withReference(sentence: string, response: Response): string {
  const id = response.headers.get('X-Request-ID')
  return response.status < 500 || !id || sentence.includes(id) ? sentence : `${sentence} (ocorrência ${id})`
}

function fallback(status: number): string {
  if (status === 401) return 'Sua sessão terminou. Entre de novo.'
  if (status === 403) return 'Seu papel não permite esta ação.'
  if (status === 404) return 'Não encontrado.'
  if (status === 429) return 'Muitas tentativas. Aguarde um momento.'
  return `O hub respondeu com erro (${status}).`
}

/** The sentence to show for any thrown value, with the wrong fields when there are some. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError) {
    const campos = error.campos.map((c) => c.mensagem).filter((m) => m && !error.message.includes(m))
    return [error.message, ...campos].join(' ')
  }
  return error instanceof Error ? error.message : 'Erro inesperado.'
}
