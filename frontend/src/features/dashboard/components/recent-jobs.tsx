import { RotateCw } from 'lucide-react'
import { Link } from 'react-router'
import { JobBadge } from '@/components/status-badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { useRetry } from '@/lib/api/run'
import type { Job } from '@/lib/api/types'
import { formatAgo, formatDateTime, formatDuration } from '@/lib/format'
import { isJobActive, jobPeriod, jobSummary, jobTitle } from '@/lib/jobs'

interface RecentJobsProps {
  jobs: Job[]
  canRun: boolean
  now: number
}

export function RecentJobs({ jobs, canRun, now }: RecentJobsProps) {
  return (
    <Card className="divide-y overflow-hidden">
      {jobs.map((job) => (
        <RecentJob key={job.id} job={job} canRun={canRun} now={now} />
      ))}
    </Card>
  )
}

function RecentJob({ job, canRun, now }: { job: Job; canRun: boolean; now: number }) {
  const retry = useRetry()
  const active = isJobActive(job)
  const failures = job.sistemas.filter((s) => s.status === 'ERROR' || s.status === 'CANCELLED').length
  const again = (onlyFailures: boolean) => retry.mutate({ jobId: job.id, onlyFailures })
  const facts = [
    jobPeriod(job),
    job.dry_run ? 'simulação' : '',
    jobSummary(job),
    job.duracao_segundos === null ? '' : formatDuration(job.duracao_segundos),
  ]
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <Link to={`/jobs/${job.id}`} className="block truncate text-[13px] font-medium hover:underline">
          {jobTitle(job)}
        </Link>
        <p className="tabular text-xs text-subtle sm:truncate">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      <JobBadge status={job.status} />
      <time dateTime={job.created_at} title={formatDateTime(job.created_at)} className="w-24 text-xs text-subtle sm:text-right">
        {formatAgo(job.created_at, now)}
      </time>
      {canRun && (
        <div className="flex gap-1 max-sm:ml-auto sm:w-52 sm:justify-end">
          {!active && failures > 0 && failures < job.sistemas.length && (
            <Button size="sm" variant="ghost" disabled={retry.isPending} onClick={() => again(true)}>
              Só as falhas
            </Button>
          )}
          {!active && (
            <Button
              size="sm"
              variant="ghost"
              disabled={retry.isPending}
              onClick={() => again(false)}
              aria-label={`Executar de novo a execução ${job.id}`}
            >
              <RotateCw aria-hidden />
              De novo
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
