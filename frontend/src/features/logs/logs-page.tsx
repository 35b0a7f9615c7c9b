import { ScrollText } from 'lucide-react'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { JobBadge } from '@/components/status-badge'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { useCan, useJob, useJobs } from '@/lib/api/queries'
import { useCancel } from '@/lib/api/run'
import type { Job, LogLevel } from '@/lib/api/types'
import { formatDuration } from '@/lib/format'
import { isJobActive, jobPeriod, jobSummary } from '@/lib/jobs'
import { useTitle } from '@/lib/title'
import { useNow } from '@/lib/use-now'
import { JobPicker } from './components/job-picker'
import { LogPanel } from './components/log-panel'

const RECENT = 50
const LEVELS: readonly LogLevel[] = ['DEBUG', 'INFO', 'SUCCESS', 'WARN', 'ERROR']

export function LogsPage() {
  const { jobId } = useParams()
  const [search] = useSearchParams()
  const navigate = useNavigate()
  const recent = useJobs({ limit: RECENT })
  const chosen = jobId && /^\d+$/.test(jobId) ? Number(jobId) : null
  const id = chosen ?? recent.data?.jobs[0]?.id ?? null
  const job = useJob(id)
  useTitle(id === null ? 'Logs' : `Logs da execução ${id}`)
  const wantedLine = Number(search.get('linha'))
  const error = job.error ?? (id === null ? recent.error : null)

  return (
    <div className="mx-auto flex h-[calc(100dvh-3.25rem)] w-full max-w-[1800px] flex-col gap-3 px-4 py-4 sm:px-6 lg:h-dvh lg:px-8 lg:py-6">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-xl font-semibold tracking-tight">Logs</h1>
        <JobPicker
          jobs={recent.data?.jobs ?? []}
          chosen={chosen}
          job={job.data}
          onPick={(next) => void navigate(next === null ? '/logs' : `/logs/${next}`)}
        />
        {job.data && <JobFacts job={job.data} />}
      </header>
      {error && (
        <LoadError error={error} retry={() => void (job.error ? job.refetch() : recent.refetch())} />
      )}
      {job.data && <LogPanel key={job.data.id} job={job.data} line={wantedLine > 0 ? wantedLine : null} level={readLevel(search.get('nivel'))} />}
      {!job.data && !error && (recent.isPending || id !== null) && <Skeleton className="min-h-72 flex-1 rounded-xl" />}
      {id === null && recent.data && (
        <Empty
          icon={ScrollText}
          title="Nenhuma execução ainda"
          action={
            <Button asChild variant="primary">
              <Link to="/etl">Ir para Executar</Link>
            </Button>
          }
        >
          As linhas aparecem aqui, ao vivo, assim que uma execução começar.
        </Empty>
      )}
    </div>
  )
}

function readLevel(text: string | null): LogLevel | '' {
  return LEVELS.find((level) => level === text) ?? ''
}

function JobFacts({ job }: { job: Job }) {
  const canRun = useCan('operador')
  const cancel = useCancel()
  const active = isJobActive(job)
  const now = useNow(1000, active)
  const running = job.started_at ? (now - new Date(job.started_at).getTime()) / 1000 : null
  const facts = [
    jobPeriod(job),
    active ? running !== null && formatDuration(Math.max(0, running)) : formatDuration(job.duracao_segundos),
    jobSummary(job),
  ]
  return (
    <div className="flex min-w-0 flex-1 items-center gap-x-3 gap-y-2 max-sm:basis-full max-sm:flex-wrap">
      <JobBadge status={job.status} />
      <span className="tabular min-w-0 text-[13px] text-subtle sm:truncate">{facts.filter(Boolean).join(' · ')}</span>
      {active && canRun && (
        <Button
          size="sm"
          variant="danger"
          className="ml-auto"
          busy={cancel.isPending}
          onClick={() => cancel.mutate(job.id)}
        >
          Cancelar execução
        </Button>
      )}
    </div>
  )
}
