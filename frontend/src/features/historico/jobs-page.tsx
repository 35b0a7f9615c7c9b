import { History } from 'lucide-react'
import { Link, useSearchParams } from 'react-router'
import { JobBadge } from '@/components/status-badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { LoadError, Page } from '@/components/ui/page'
import { Pager } from '@/components/ui/pager'
import { Skeleton } from '@/components/ui/skeleton'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { useJobs } from '@/lib/api/queries'
import type { Job } from '@/lib/api/types'
import { formatDateTime, formatDuration } from '@/lib/format'
import { jobPeriod, jobSummary, jobTitle } from '@/lib/jobs'
import { useTitle } from '@/lib/title'
import { JobFilterBar } from './components/job-filters'
import { type JobFilters, PAGE_SIZE, readFilters, writeFilters } from './lib/filters'

export function JobsPage() {
  useTitle('Histórico')
  const [search, setSearch] = useSearchParams()
  const filters = readFilters(search)
  const { status, sistema, de, ate, page } = filters
  const jobs = useJobs({ status, sistema, de, ate, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE })
  const change = (part: Partial<JobFilters>) => setSearch(writeFilters({ ...filters, page: 1, ...part }), { replace: true })
  const filtered = Boolean(status || sistema || de || ate)
  return (
    <Page title="Histórico" subtitle="Todas as execuções, das mais novas às mais antigas.">
      <JobFilterBar filters={filters} onChange={change} />
      {jobs.error && <LoadError error={jobs.error} retry={() => void jobs.refetch()} />}
      {jobs.isPending && <Skeleton className="h-96 rounded-xl" />}
      {jobs.data?.jobs.length === 0 && (
        <Card>
          <Empty
            icon={History}
            title={filtered ? 'Nenhuma execução corresponde' : 'Nenhuma execução ainda'}
            action={
              !filtered && (
                <Button asChild variant="primary">
                  <Link to="/etl">Ir para Executar</Link>
                </Button>
              )
            }
          >
            {filtered ? 'Mude ou limpe os filtros.' : 'O que for executado fica registrado aqui.'}
          </Empty>
        </Card>
      )}
      {jobs.data && jobs.data.jobs.length > 0 && (
        <>
          <Card className="overflow-hidden" aria-busy={jobs.isPlaceholderData}>
            <Table label="Execuções">
              <thead>
                <tr>
                  <Th>Execução</Th>
                  <Th>Situação</Th>
                  <Th className="hidden md:table-cell">Período</Th>
                  <Th className="hidden lg:table-cell">Resultado</Th>
                  <Th className="hidden text-right sm:table-cell">Duração</Th>
                  <Th className="hidden md:table-cell">Pedida em</Th>
                  <Th className="hidden xl:table-cell">Por</Th>
                </tr>
              </thead>
              <tbody>
                {jobs.data.jobs.map((job) => (
                  <JobRow key={job.id} job={job} />
                ))}
              </tbody>
            </Table>
          </Card>
          <Pager page={page} pageSize={PAGE_SIZE} total={jobs.data.total} onPage={(next) => change({ page: next })} />
        </>
      )}
    </Page>
  )
}

function JobRow({ job }: { job: Job }) {
  return (
    <Tr className="relative">
      <Td className="max-w-72">
        <Link to={`/jobs/${job.id}`} className="block truncate font-medium after:absolute after:inset-0">
          {jobTitle(job)}
        </Link>
        <span className="tabular block truncate text-xs text-subtle">
          nº {job.id}
          {job.dry_run && ' · simulação'}
          <span className="md:hidden"> · {formatDateTime(job.created_at)}</span>
        </span>
      </Td>
      <Td>
        <JobBadge status={job.status} />
      </Td>
      <Td className="tabular hidden whitespace-nowrap md:table-cell">{jobPeriod(job)}</Td>
      <Td className="hidden max-w-72 truncate text-subtle lg:table-cell">{jobSummary(job) || '—'}</Td>
      <Td className="tabular hidden text-right whitespace-nowrap sm:table-cell">{formatDuration(job.duracao_segundos)}</Td>
      <Td className="tabular hidden whitespace-nowrap text-subtle md:table-cell">{formatDateTime(job.created_at)}</Td>
      <Td className="hidden max-w-32 truncate text-subtle xl:table-cell">{job.pedido_por ?? '—'}</Td>
    </Tr>
  )
}
