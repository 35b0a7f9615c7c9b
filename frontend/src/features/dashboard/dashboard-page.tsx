import { ChartColumn, Play, Timer } from 'lucide-react'
import { lazy, Suspense, useMemo } from 'react'
import { Link } from 'react-router'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { LoadError, Page } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { useCan, useJobs, useSistemas, useStats } from '@/lib/api/queries'
import { toIso } from '@/lib/dates'
import { formatDateLong } from '@/lib/format'
import { useTitle } from '@/lib/title'
import { useNow } from '@/lib/use-now'
import { Attention } from './components/attention'
import { RecentJobs } from './components/recent-jobs'
import { SistemaStrip } from './components/sistema-strip'
import { Tiles } from './components/tiles'
import { fillDays } from './days'

const PerDay = lazy(async () => ({ default: (await import('./components/charts')).PerDay }))
const PerSistema = lazy(async () => ({ default: (await import('./components/charts')).PerSistema }))

const RECENT = 8
const DAYS = 30

export function DashboardPage() {
  useTitle('Visão geral')
  const stats = useStats()
  const sistemas = useSistemas()
  const jobs = useJobs({ limit: RECENT })
  const canRun = useCan('operador')
  const now = useNow(30_000)
  const names = useMemo(() => new Map(sistemas.data?.map((s) => [s.id, s.nome])), [sistemas.data])
  const today = formatDateLong(toIso(new Date(now)))
  return (
    <Page
      title="Visão geral"
      subtitle={today.charAt(0).toUpperCase() + today.slice(1)}
      actions={
        <Button asChild variant="primary">
          <Link to="/etl">
            <Play aria-hidden />
            Executar
          </Link>
        </Button>
      }
    >
      {stats.error && <LoadError error={stats.error} retry={() => void stats.refetch()} />}
      {stats.data && <Attention items={stats.data.atencao} names={names} />}
      {!stats.error && <Tiles stats={stats.data} />}
      {!stats.error && (
        <div className="grid gap-3 lg:grid-cols-[3fr_2fr]">
        <ChartCard title="Execuções por dia" empty={stats.data?.por_dia.length === 0} icon={ChartColumn}>
          {stats.data && <PerDay days={fillDays(stats.data.por_dia, toIso(new Date(now)), DAYS)} />}
        </ChartCard>
        <ChartCard
          title="Duração média por sistema"
          empty={stats.data?.por_sistema.every((s) => s.duracao_media_segundos === null)}
          icon={Timer}
        >
          {stats.data && <PerSistema sistemas={stats.data.por_sistema} />}
        </ChartCard>
        </div>
      )}
      <section aria-labelledby="por-sistema" className="flex flex-col gap-2">
        <h2 id="por-sistema" className="text-[13px] font-semibold">
          Sistemas
        </h2>
        {sistemas.error && <LoadError error={sistemas.error} retry={() => void sistemas.refetch()} />}
        <SistemaStrip sistemas={sistemas.data ?? []} stats={stats.data?.por_sistema} now={now} />
      </section>
      <section aria-labelledby="recentes" className="flex flex-col gap-2">
        <div className="flex items-center justify-between">
          <h2 id="recentes" className="text-[13px] font-semibold">
            Atividade recente
          </h2>
          <Link to="/jobs" className="text-[13px] text-accent-text underline-offset-4 hover:underline">
            Ver tudo
          </Link>
        </div>
        {jobs.error && <LoadError error={jobs.error} retry={() => void jobs.refetch()} />}
        {jobs.isPending && <Skeleton className="h-64 rounded-xl" />}
        {jobs.data?.jobs.length === 0 && (
          <Card>
            <Empty icon={Play} title="Nenhuma execução ainda" className="py-10">
              A primeira execução aparece aqui.
            </Empty>
          </Card>
        )}
        {jobs.data && jobs.data.jobs.length > 0 && <RecentJobs jobs={jobs.data.jobs} canRun={canRun} now={now} />}
      </section>
    </Page>
  )
}

interface ChartCardProps {
  title: string
  empty: boolean | undefined
  icon: typeof Timer
  children: React.ReactNode
}

function ChartCard({ title, empty, icon, children }: ChartCardProps) {
  return (
    <Card className="flex h-72 min-w-0 flex-col gap-3 p-4">
      <h2 className="text-[13px] font-semibold">{title}</h2>
      <div className="min-h-0 flex-1">
        {empty ? (
          <Empty icon={icon} title="Ainda sem dados" className="h-full py-0">
            Aparece depois da primeira execução.
          </Empty>
        ) : (
          <Suspense fallback={<Skeleton className="h-full" />}>{children}</Suspense>
        )}
      </div>
    </Card>
  )
}
