/** Compares each message with what messages.ts says of it. Loaded while developing only. */
import { z } from 'zod'
import type { HubMessage } from './messages'

const line = z.object({
  job_id: z.int(),
  seq: z.int(),
  level: z.enum(['DEBUG', 'INFO', 'SUCCESS', 'WARN', 'ERROR']),
  sistema: z.string(),
  mensagem: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
})

const status = z.object({
  job_id: z.int(),
  sistema_id: z.string(),
  status: z.enum(['IDLE', 'RUNNING', 'SUCCESS', 'ERROR', 'CANCELLED']),
  progresso: z.number().min(0).max(100),
  mensagem: z.string().nullable(),
  execution_id: z.int().optional(),
  estado: z.enum(['pending', 'queued', 'running', 'cancelling', 'success', 'error', 'cancelled']).optional(),
  tentativa: z.int().optional(),
  versao: z.int().optional(),
  codigo_pedido: z.object({ campo: z.string(), prazo: z.number(), mensagem: z.string() }).nullish(),
})

const schema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('log'), payload: line }),
  z.object({ type: z.literal('logs'), payload: z.array(line) }),
  z.object({ type: z.literal('status'), payload: status }),
  z.object({
    type: z.literal('job_complete'),
    payload: z.object({
      job_id: z.int(),
      status: z.enum(['SUCCESS', 'ERROR', 'CANCELLED']),
      duracao_segundos: z.number().nullable(),
    }),
  }),
])

/** What is wrong with a message, or null. */
export function checkMessage(message: HubMessage): string | null {
  const found = schema.safeParse(message)
  return found.success ? null : z.prettifyError(found.error)
}
