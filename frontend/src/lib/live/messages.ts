/** The one place that knows the WebSocket's messages, both ways. */
import type { CodigoPedido, ExecutionState, LogLevel, LogLine, SistemaStatus } from '@/lib/api/types'

export interface LogPayload {
  job_id: number
  seq: number
  level: LogLevel
  sistema: string
  mensagem: string
  timestamp: string
}

export interface StatusPayload {
  job_id: number
  sistema_id: string
  status: SistemaStatus
  progresso: number
  mensagem: string | null
  execution_id?: number
  estado?: ExecutionState
  tentativa?: number
  /** Grows with each change of one execution; an older one that comes late is dropped. */
  versao?: number
  posicao_fila?: number | null
  codigo_pedido?: CodigoPedido | null
}

export interface JobCompletePayload {
  job_id: number
  status: 'SUCCESS' | 'ERROR' | 'CANCELLED'
  duracao_segundos: number | null
}

export type HubMessage =
  | { type: 'log'; payload: LogPayload }
  | { type: 'logs'; payload: LogPayload[] }
  | { type: 'status'; payload: StatusPayload }
  | { type: 'job_complete'; payload: JobCompletePayload }

export interface SubscribeMessage {
  type: 'subscribe'
  job_id: number
  after: number
  batch: true
}

const KNOWN = new Set(['log', 'logs', 'status', 'job_complete'])

/** The message in a text frame, or null for one that this build does not know. */
export function parseMessage(text: string): HubMessage | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { type, payload } = value as { type?: unknown; payload?: unknown }
  if (typeof type !== 'string' || !KNOWN.has(type) || typeof payload !== 'object' || payload === null) return null
  return value as HubMessage
}

export function toLine(payload: LogPayload): LogLine {
  const { seq, level, sistema, mensagem, timestamp } = payload
  return { seq, level, sistema, mensagem, timestamp }
}
