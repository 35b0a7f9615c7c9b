import { create } from 'zustand'
import type { CodigoPedido, ExecutionState, JobSistema, Sistema, SistemaStatus } from '@/lib/api/types'
import type { StatusPayload } from './messages'

export interface LiveStatus {
  jobId: number
  executionId: number
  versao: number
  status: SistemaStatus
  estado: ExecutionState | null
  progresso: number
  mensagem: string
  tentativa: number
  posicaoFila: number | null
  codigo: CodigoPedido | null
  /** When the code was first seen to be asked for, in epoch milliseconds. */
  codigoDesde: number
}

/** What is known of a sistema's executions: those not over, and the newest of the others. */
export type Known = Readonly<Record<number, LiveStatus>>

interface LiveStore {
  known: Readonly<Record<string, Known>>
  /** Of each sistema the execution that tells how it stands: under way, else the first that waits, else the last. */
  sistemas: Readonly<Record<string, LiveStatus>>
}

export const useLive = create<LiveStore>(() => ({ known: {}, sistemas: {} }))

const ACTIVE: readonly ExecutionState[] = ['pending', 'queued', 'running', 'cancelling']

/** What is known after one message: an older version of an execution changes nothing. */
export function merge(known: Known, p: StatusPayload, now = Date.now()): Known {
  const executionId = p.execution_id ?? 0
  const versao = p.versao ?? 0
  const before = known[executionId]
  if (before && versao < before.versao) return known
  const after = {
    jobId: p.job_id,
    executionId,
    versao,
    status: p.status,
    estado: p.estado ?? null,
    progresso: p.progresso,
    mensagem: p.mensagem ?? '',
    tentativa: p.tentativa ?? 1,
    posicaoFila: p.posicao_fila ?? null,
    codigo: p.codigo_pedido ?? null,
    codigoDesde: before?.codigo ? before.codigoDesde : now,
  }
  const all = Object.values({ ...known, [executionId]: after })
  const last = Math.max(...all.filter((each) => !isActive(each)).map((each) => each.executionId))
  return Object.fromEntries(all.filter((each) => isActive(each) || each.executionId === last).map((each) => [each.executionId, each]))
}

/** The execution that tells how the sistema stands. */
export function telling(known: Known): LiveStatus | undefined {
  const all = Object.values(known).sort((a, b) => a.executionId - b.executionId)
  const open = all.filter(isActive)
  return open.find((each) => each.estado !== 'pending') ?? open[0] ?? all.at(-1)
}

/** Statuses wait here for the next frame, so a burst costs one render. */
let waiting: StatusPayload[] = []
let scheduled = false

export function receiveStatus(payload: StatusPayload): void {
  waiting.push(payload)
  if (scheduled) return
  scheduled = true
  // A hidden tab gets no animation frame; its title and icon must follow all the same.
  if (document.visibilityState === 'visible') requestAnimationFrame(flush)
  else setTimeout(flush, 250)
}

function flush(): void {
  scheduled = false
  const known = { ...useLive.getState().known }
  const sistemas = { ...useLive.getState().sistemas }
  for (const payload of waiting) known[payload.sistema_id] = merge(known[payload.sistema_id] ?? {}, payload)
  for (const id of new Set(waiting.map((payload) => payload.sistema_id))) {
    const shown = telling(known[id] ?? {})
    if (shown) sistemas[id] = shown
  }
  waiting = []
  useLive.setState({ known, sistemas })
}

export function resetLive(): void {
  waiting = []
  useLive.setState({ known: {}, sistemas: {} })
}

export interface Shown {
  status: SistemaStatus
  estado: ExecutionState | null
  progresso: number
  mensagem: string
  jobId: number | null
  tentativa: number
  posicaoFila: number | null
  codigo: CodigoPedido | null
}

/** What a card shows: the live status where there is one, else what the API last said. */
export function shownStatus(sistema: Sistema, live: LiveStatus | undefined): Shown {
  if (!live) {
    const { status, progresso, mensagem, job_id: jobId } = sistema
    return { status, estado: null, progresso, mensagem, jobId, tentativa: 1, posicaoFila: null, codigo: null }
  }
  const { status, estado, progresso, mensagem, jobId, tentativa, posicaoFila, codigo } = live
  return { status, estado, progresso, mensagem, jobId, tentativa, posicaoFila, codigo }
}

export function isActive(shown: Pick<Shown, 'status' | 'estado'>): boolean {
  return shown.estado ? ACTIVE.includes(shown.estado) : shown.status === 'RUNNING'
}

/** Overlays a job's stored executions with what was announced since for the very same executions. */
export function liveJobSistema(stored: JobSistema, known: Known | undefined): JobSistema {
  const live = known?.[stored.execution_id]
  if (!live) return stored
  return {
    ...stored,
    status: live.status,
    estado: live.estado ?? stored.estado,
    progresso: live.progresso,
    mensagem: live.mensagem,
    tentativa: live.tentativa,
    posicao_fila: live.posicaoFila,
  }
}
