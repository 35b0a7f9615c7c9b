/** How a job and its states are told to the reader. */
import type { Tone } from '@/components/ui/badge'
import type { ExecutionState, Job, JobStatus, SistemaStatus } from '@/lib/api/types'
import { isoToBr } from '@/lib/dates'
import { plural } from '@/lib/format'

interface Label {
  text: string
  tone: Tone
}

export const JOB_STATUS: Record<JobStatus, Label> = {
  pending: { text: 'Na fila', tone: 'neutral' },
  running: { text: 'Executando', tone: 'accent' },
  completed: { text: 'Concluída', tone: 'success' },
  error: { text: 'Com erro', tone: 'danger' },
  cancelled: { text: 'Cancelada', tone: 'warning' },
}

export const SISTEMA_STATUS: Record<SistemaStatus, Label> = {
  IDLE: { text: 'Parado', tone: 'neutral' },
  RUNNING: { text: 'Executando', tone: 'accent' },
  SUCCESS: { text: 'Sucesso', tone: 'success' },
  ERROR: { text: 'Erro', tone: 'danger' },
  CANCELLED: { text: 'Cancelado', tone: 'warning' },
}

const ESTADO: Partial<Record<ExecutionState, Label>> = {
  pending: { text: 'Aguardando', tone: 'neutral' },
  queued: { text: 'Na fila', tone: 'neutral' },
  cancelling: { text: 'Cancelando', tone: 'warning' },
}

/** The finer state where it says more than the status does. */
export function executionLabel(status: SistemaStatus, estado: ExecutionState | null): Label {
  return (estado && ESTADO[estado]) ?? SISTEMA_STATUS[status]
}

export function isJobActive(job: Pick<Job, 'status'>): boolean {
  return job.status === 'pending' || job.status === 'running'
}

/** "AMPLIS (REAG)", "MAPS e FIDC", "MAPS e mais 5". */
export function jobTitle(job: Pick<Job, 'sistemas' | 'id'>): string {
  const names = job.sistemas.map((s) => s.nome)
  const [first, second] = names
  if (!first) return `Execução ${job.id}`
  if (!second) return first
  return names.length === 2 ? `${first} e ${second}` : `${first} e mais ${names.length - 1}`
}

/** "24/11/2026" or "20/11/2026 a 24/11/2026". */
export function jobPeriod({ data_inicial, data_final }: Pick<Job, 'data_inicial' | 'data_final'>): string {
  const [from, to] = [isoToBr(data_inicial), isoToBr(data_final)]
  if (!from) return 'período padrão'
  return !to || from === to ? from : `${from} a ${to}`
}

/** "5 com sucesso, 1 com erro" over the job's sistemas; empty while none has ended. */
export function jobSummary(job: Pick<Job, 'sistemas'>): string {
  const count = (status: SistemaStatus): number => job.sistemas.filter((s) => s.status === status).length
  const [good, bad, cancelled] = [count('SUCCESS'), count('ERROR'), count('CANCELLED')]
  return [
    good && `${good} com sucesso`,
    bad && `${bad} com erro`,
    cancelled && plural(cancelled, 'cancelado', 'cancelados'),
  ]
    .filter(Boolean)
    .join(', ')
}
