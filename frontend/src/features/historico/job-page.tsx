import { ArrowLeft, Pencil, RotateCw, ScrollText, Square } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { JobBadge } from '@/components/status-badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { LoadError, Page } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { useCan, useJob } from '@/lib/api/queries'
import { useCancel, useRetry } from '@/lib/api/run'
import type { Job } from '@/lib/api/types'
import { formatDateTime, formatDuration } from '@/lib/format'
import { isJobActive, jobPeriod, jobTitle } from '@/lib/jobs'
import { liveJobSistema, useLive } from '@/lib/live/status'
import { useTitle } from '@/lib/title'
import { useNow } from '@/lib/use-now'
import { useTransicoes } from './api/jobs'
import { Artefatos } from './components/artefatos'
import { Gantt } from './components/gantt'
import { Problems } from './components/outcomes'
import { PlanTable } from './components/plan-table'
import { RunAgainDialog } from './components/run-again-dialog'
import { describeOptions } from './lib/options'
import { buildTimeline } from './lib/timeline'

export function JobPage() {
  const id = Number(useParams().jobId)
  useTitle(`Execução ${id}`)
  const { data, error, refetch } = useJob(Number.isSafeInteger(id) ? id : 0)
  if (error) {
    return (
      <Page title="Execução" subtitle={<BackToHistory />}>
        <LoadError error={error} retry={() => void refetch()} />
      </Page>
    )
  }
  if (!data) {
    return (
      <Page title={`Execução ${id}`}>
        <Skeleton className="h-28 rounded-xl" />
        <Skeleton className="h-64 rounded-xl" />
      </Page>
    )
  }
  return <JobDetails stored={data} />
}

function BackToHistory({ id }: { id?: number }) {
  return (
    <Link to="/jobs" className="inline-flex items-center gap-1 hover:text-foreground">
      <ArrowLeft className="size-3.5" aria-hidden />
      Histórico{id !== undefined && ` · nº ${id}`}
    </Link>
  )
}

function JobDetails({ stored }: { stored: Job }) {
  const live = useLive((s) => s.known)
  const job = { ...stored, sistemas: stored.sistemas.map((s) => liveJobSistema(s, live[s.sistema_id])) }
  const active = isJobActive(job)
  const now = useNow(1000, active)
  const version = job.sistemas.map((s) => s.estado).join()
  const changes = useTransicoes(job.id, version)
  const timeline = buildTimeline(job, changes.data ?? [], now)
  const names = new Map(job.sistemas.map((s) => [s.sistema_id, s.nome]))
  return (
    <Page
      title={jobTitle(job)}
      subtitle={<BackToHistory id={job.id} />}
      actions={<Actions job={job} active={active} />}
    >
      <Facts job={job} now={now} active={active} />
      <Problems jobId={job.id} sistemas={job.sistemas} />
      <section aria-labelledby="tempo" className="flex flex-col gap-2">
        <h2 id="tempo" className="text-[13px] font-semibold">
          Linha do tempo
        </h2>
        <Card className="p-4">
          <Gantt timeline={timeline} />
        </Card>
      </section>
      <PlanTable sistemas={job.sistemas} />
      {!job.dry_run && <Artefatos jobId={job.id} names={names} version={version} active={active} />}
    </Page>
  )
}

function Actions({ job, active }: { job: Job; active: boolean }) {
  const canRun = useCan('operador')
  const cancel = useCancel()
  const retry = useRetry()
  const navigate = useNavigate()
  const [changing, setChanging] = useState(false)
  const failures = job.sistemas.some((s) => s.status !== 'SUCCESS')
  const again = (onlyFailures: boolean) =>
    retry.mutate({ jobId: job.id, onlyFailures }, { onSuccess: (result) => void navigate(`/jobs/${result.job_id}`) })
  return (
    <>
      <Button asChild>
        <Link to={`/logs/${job.id}`}>
          <ScrollText aria-hidden />
          Logs
        </Link>
      </Button>
      {canRun && active && (
        <Button variant="danger" busy={cancel.isPending} onClick={() => cancel.mutate(job.id)}>
          <Square aria-hidden />
          Cancelar
        </Button>
      )}
      {canRun && !active && (
        <>
          <Button onClick={() => setChanging(true)}>
            <Pencil aria-hidden />
            Executar com mudanças
          </Button>
          {failures && job.sistemas.length > 1 && (
            <Button busy={retry.isPending} onClick={() => again(true)}>
              Só as falhas
            </Button>
          )}
          <Button variant="primary" busy={retry.isPending} onClick={() => again(false)}>
            {!retry.isPending && <RotateCw aria-hidden />}
            Executar de novo
          </Button>
          {changing && <RunAgainDialog job={job} open onClose={() => setChanging(false)} />}
        </>
      )}
    </>
  )
}

function Facts({ job, now, active }: { job: Job; now: number; active: boolean }) {
  const running = job.started_at ? (now - new Date(job.started_at).getTime()) / 1000 : null
  const facts: [string, React.ReactNode][] = [
    ['Situação', <JobBadge key="b" status={job.status} />],
    ['Período', jobPeriod(job)],
    ['Duração', formatDuration(active ? running && Math.max(0, running) : job.duracao_segundos)],
    ['Pedida em', formatDateTime(job.created_at)],
    ['Por', job.pedido_por ?? '—'],
    [
      'Opções',
      describeOptions(job).map((line) => (
        <span key={line} className="block">
          {line}
        </span>
      )),
    ],
  ]
  if (job.repete !== null) {
    facts.push([
      'Repete',
      <Link key="r" to={`/jobs/${job.repete}`} className="text-accent-text underline-offset-4 hover:underline">
        nº {job.repete}
      </Link>,
    ])
  }
  return (
    <Card className="p-4">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-6">
        {facts.map(([label, value]) => (
          <div key={label} className="min-w-0">
            <dt className="text-xs text-subtle">{label}</dt>
            <dd className="tabular mt-1 text-[13px] break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {job.error_message && job.sistemas.every((s) => s.status !== 'ERROR') && (
        <p className="mt-4 border-t pt-3 text-[13px] text-danger">{job.error_message}</p>
      )}
    </Card>
  )
}
