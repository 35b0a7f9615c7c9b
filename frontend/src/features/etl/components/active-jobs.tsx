import { ScrollText, Square } from 'lucide-react'
import { Link } from 'react-router'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Progress } from '@/components/ui/progress'
import type { Job } from '@/lib/api/types'
import { useCancel } from '@/lib/api/run'
import { formatDuration } from '@/lib/format'
import { jobPeriod, jobSummary, jobTitle } from '@/lib/jobs'
import { liveJobSistema, useLive } from '@/lib/live/status'
import { useNow } from '@/lib/use-now'

/** The jobs that run or wait, each with its progress and the way to stop it. */
export function ActiveJobs({ jobs, canRun }: { jobs: Job[]; canRun: boolean }) {
  const now = useNow(1000, jobs.length > 0)
  if (jobs.length === 0) return null
  return (
    <section aria-labelledby="em-execucao" className="flex flex-col gap-2">
      <h2 id="em-execucao" className="text-[13px] font-semibold">
        Em execução
      </h2>
      {jobs.map((job) => (
        <ActiveJob key={job.id} job={job} now={now} canRun={canRun} />
      ))}
    </section>
  )
}

function ActiveJob({ job, now, canRun }: { job: Job; now: number; canRun: boolean }) {
  const live = useLive((s) => s.known)
  const cancel = useCancel()
  const sistemas = job.sistemas.map((s) => liveJobSistema(s, live[s.sistema_id]))
  const done = (s: (typeof sistemas)[number]): number =>
    ['SUCCESS', 'ERROR', 'CANCELLED'].includes(s.status) ? 100 : s.status === 'RUNNING' ? s.progresso : 0
  const progress = sistemas.length ? sistemas.reduce((sum, s) => sum + done(s), 0) / sistemas.length : 0
  const since = new Date(job.started_at ?? job.created_at).getTime()
  const cancelling = cancel.isPending || sistemas.some((s) => s.estado === 'cancelling')
  const facts = [
    `nº ${job.id}`,
    jobPeriod(job),
    job.dry_run ? 'simulação' : '',
    job.started_at ? formatDuration(Math.max(0, (now - since) / 1000)) : 'na fila',
    jobSummary({ sistemas }),
  ]
  return (
    <Card className="p-3.5" data-testid={`job-ativo-${job.id}`}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">
          <p className="truncate text-[13px] font-medium">{jobTitle(job)}</p>
          <p className="tabular truncate text-xs text-subtle">{facts.filter(Boolean).join(' · ')}</p>
        </div>
        <div className="flex items-center gap-2">
          <Button asChild size="sm">
            <Link to={`/logs/${job.id}`}>
              <ScrollText aria-hidden />
              Logs
            </Link>
          </Button>
          {canRun && (
            <Button
              size="sm"
              variant="danger"
              busy={cancelling}
              onClick={() => cancel.mutate(job.id)}
              aria-label={`Cancelar a execução ${job.id}`}
            >
              {!cancelling && <Square aria-hidden />}
              {cancelling ? 'Cancelando' : 'Cancelar'}
            </Button>
          )}
        </div>
      </div>
      <Progress value={progress} label={`Progresso da execução ${job.id}`} className="mt-3" />
    </Card>
  )
}
