import { Layers } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/confirm'
import { Empty } from '@/components/ui/empty'
import { LoadError, Page } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { useCan, useConfig, useJobs, useMe, useSistemas, useStats } from '@/lib/api/queries'
import { useExecute } from '@/lib/api/run'
import { plural } from '@/lib/format'
import { isJobActive } from '@/lib/jobs'
import { useTitle } from '@/lib/title'
import { useNow } from '@/lib/use-now'
import { useToggleMany } from './api/sistemas'
import { ActiveJobs } from './components/active-jobs'
import { PresetsMenu } from './components/presets-menu'
import { RunPanel } from './components/run-panel'
import { SistemaCard } from './components/sistema-card'
import { fundsLabel } from './funds'
import { partsOf } from './pace'
import { useRunForm } from './run-form'
import { usePeriod } from './use-period'

const RECENT = 20

export function EtlPage() {
  useTitle('Executar')
  const sistemas = useSistemas()
  const jobs = useJobs({ limit: RECENT })
  const canRun = useCan('operador')
  const { data: me } = useMe()
  const period = usePeriod()
  const execute = useExecute()
  const toggleMany = useToggleMany()
  const navigate = useNavigate()
  const stats = useStats()
  const config = useConfig()
  const [toClean, setToClean] = useState<string[] | null>(null)

  const list = useMemo(() => sistemas.data ?? [], [sistemas.data])
  const selected = useMemo(() => list.filter((s) => s.ativo).map((s) => s.id), [list])
  const active = useMemo(() => (jobs.data?.jobs ?? []).filter(isJobActive), [jobs.data])
  // Seconds count only while something runs; until then "há 5 minutos" is all that changes.
  const now = useNow(active.length > 0 ? 1000 : 30_000)
  const parts = useMemo(() => partsOf(active), [active])
  const expected = useMemo(
    () => new Map(stats.data?.por_sistema.map((s) => [s.id, s.duracao_esperada_segundos])),
    [stats.data],
  )
  const { start, end } = period
  const { mutate, isPending: starting } = execute

  const launch = useCallback(
    (ids: string[]) => {
      const { dryRun, clean, again } = useRunForm.getState()
      mutate(
        {
          sistemas: ids,
          dry_run: dryRun,
          limpar: clean,
          baixar_de_novo: again,
          data_inicial: start,
          data_final: end,
        },
        {
          onSuccess: (result) => {
            useRunForm.getState().set({ clean: false, again: false })
            toast.success(result.message, {
              id: `job-${result.job_id}`,
              action: { label: 'Ver logs', onClick: () => void navigate(`/logs/${result.job_id}`) },
            })
          },
        },
      )
    },
    [mutate, start, end, navigate],
  )

  const run = useCallback(
    (ids: string[]) => {
      const { clean, dryRun } = useRunForm.getState()
      if (clean && !dryRun) setToClean(ids)
      else launch(ids)
    },
    [launch],
  )
  const runOne = useCallback((id: string) => run([id]), [run])
  const setAll = (ativo: boolean) =>
    toggleMany.mutate({ ids: list.filter((s) => s.ativo !== ativo).map((s) => s.id), ativo })

  return (
    <Page
      title="Executar"
      subtitle="Escolha os sistemas e o período; o andamento aparece aqui, ao vivo."
      className="max-xl:pb-24"
      actions={
        canRun && me && sistemas.data ? (
          <PresetsMenu username={me.username} sistemas={list} useD1={period.useD1} />
        ) : null
      }
    >
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_21rem]">
        <div className="xl:sticky xl:top-7 xl:order-2">
          <RunPanel
            period={period}
            selected={selected.length}
            canRun={canRun}
            starting={starting}
            onRun={() => run(selected)}
          />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <ActiveJobs jobs={active} canRun={canRun} />
          <section aria-labelledby="sistemas" className="flex flex-col gap-3">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <h2 id="sistemas" className="text-[13px] font-semibold">
                Sistemas
                <span className="ml-2 font-normal text-subtle">
                  {list.length > 0 && `${selected.length} de ${plural(list.length, 'selecionado', 'selecionados')}`}
                </span>
              </h2>
              {canRun && (
                <div className="flex gap-1">
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-label="Selecionar todos"
                    disabled={selected.length === list.length}
                    onClick={() => setAll(true)}
                  >
                    Todos
                  </Button>
                  <Button
                    size="sm"
                    variant="ghost"
                    aria-label="Selecionar nenhum"
                    disabled={selected.length === 0}
                    onClick={() => setAll(false)}
                  >
                    Nenhum
                  </Button>
                </div>
              )}
            </div>
            {sistemas.error && <LoadError error={sistemas.error} retry={() => void sistemas.refetch()} />}
            <div className="grid gap-3 md:grid-cols-2 2xl:grid-cols-3" aria-busy={sistemas.isPending}>
              {sistemas.isPending && Array.from({ length: 8 }, (_, i) => <Skeleton key={i} className="h-44 rounded-xl" />)}
              {list.map((s) => (
                <SistemaCard
                  key={s.id}
                  sistema={s}
                  canRun={canRun}
                  onRun={runOne}
                  starting={starting}
                  now={parts.has(s.id) ? now : coarse(now)}
                  parts={parts.get(s.id)}
                  expected={expected.get(s.id) ?? null}
                  funds={fundsLabel(config.data, s.id)}
                />
              ))}
            </div>
            {sistemas.data?.length === 0 && (
              <Empty icon={Layers} title="Nenhum sistema cadastrado">
                Cadastre os sistemas na administração para poder executá-los.
              </Empty>
            )}
          </section>
        </div>
      </div>
      <Confirm
        open={toClean !== null}
        title="Limpar antes de executar?"
        action="Limpar e executar"
        onCancel={() => setToClean(null)}
        onConfirm={() => {
          if (toClean) launch(toClean)
          setToClean(null)
        }}
      >
        Os arquivos que o ETL Hub coletou antes para{' '}
        <strong className="text-foreground">{names(list, toClean ?? [])}</strong> irão para a lixeira. Os arquivos que
        não foram coletados por ele ficam onde estão.
      </Confirm>
    </Page>
  )
}

/** Half a minute's resolution, so that a card at rest is not drawn each second. */
function coarse(now: number): number {
  return Math.floor(now / 30_000) * 30_000
}

function names(list: { id: string; nome: string }[], ids: string[]): string {
  const all = list.filter((s) => ids.includes(s.id)).map((s) => s.nome)
  return new Intl.ListFormat('pt-BR', { type: 'conjunction' }).format(all)
}
