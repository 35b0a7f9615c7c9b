import { Ban, CircleCheck, CircleDashed, CircleX, Clock, LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ExecutionState, JobStatus, SistemaStatus } from '@/lib/api/types'
import { executionLabel, JOB_STATUS } from '@/lib/jobs'
import { cn } from '@/lib/utils'
import { Badge } from './ui/badge'

const SISTEMA_ICON: Record<SistemaStatus, LucideIcon> = {
  IDLE: CircleDashed,
  RUNNING: LoaderCircle,
  SUCCESS: CircleCheck,
  ERROR: CircleX,
  CANCELLED: Ban,
}

const JOB_ICON: Record<JobStatus, LucideIcon> = {
  pending: Clock,
  running: LoaderCircle,
  completed: CircleCheck,
  error: CircleX,
  cancelled: Ban,
}

/** Icon, word and colour together: the colour is never the only sign. */
export function SistemaBadge({ status, estado }: { status: SistemaStatus; estado: ExecutionState | null }) {
  const { text, tone } = executionLabel(status, estado)
  const queued = estado === 'pending' || estado === 'queued'
  const Icon = queued ? Clock : SISTEMA_ICON[status]
  return (
    <Badge tone={tone}>
      <Icon className={cn('size-3.5', status === 'RUNNING' && 'animate-spin')} aria-hidden />
      {text}
    </Badge>
  )
}

export function JobBadge({ status }: { status: JobStatus }) {
  const { text, tone } = JOB_STATUS[status]
  const Icon = JOB_ICON[status]
  return (
    <Badge tone={tone}>
      <Icon className={cn('size-3.5', status === 'running' && 'animate-spin')} aria-hidden />
      {text}
    </Badge>
  )
}
