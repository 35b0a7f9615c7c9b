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

interface LiveStore {
  /** The newest execution of each sistema, as the hub announced it. */
  sistemas: Readonly<Record<string, LiveStatus>>
}

export const useLive = create<LiveStore>(() => ({ sistemas: {} }))

/** The live status after one message: an older version or an older execution changes nothing. */
export function merge(before: LiveStatus | undefined, p: StatusPayload, now = Date.now()): LiveStatus {
  const executionId = p.execution_id ?? 0
  const versao = p.versao ?? 0
  const sameOrNewer = !before || executionId > before.executionId || (executionId === before.executionId && versao >= before.versao)
  if (!sameOrNewer) return before
  return {
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
    codigoDesde: before?.executionId === executionId && before.codigo ? before.codigoDesde : now,
  }
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
  const sistemas = { ...useLive.getState().sistemas }
  for (const payload of waiting) sistemas[payload.sistema_id] = merge(sistemas[payload.sistema_id], payload)
  waiting = []
  useLive.setState({ sistemas })
}

export function resetLive(): void {
  waiting = []
  useLive.setState({ sistemas: {} })
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

const ACTIVE: readonly ExecutionState[] = ['pending', 'queued', 'running', 'cancelling']

export function isActive(shown: Pick<Shown, 'status' | 'estado'>): boolean {
  return shown.estado ? ACTIVE.includes(shown.estado) : shown.status === 'RUNNING'
}

/** Overlays a job's stored executions with what was announced since for the very same executions. */
export function liveJobSistema(stored: JobSistema, live: LiveStatus | undefined): JobSistema {
  if (live?.executionId !== stored.execution_id) return stored
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
