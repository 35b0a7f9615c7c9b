import { Wallet } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { ChartLegend } from '@/components/charts/chart-tooltip'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { NativeSelect } from '@/components/ui/input'
import { LoadError, Page } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import type { Portfolio } from '@/lib/api/types'
import { isoToBr } from '@/lib/dates'
import { useTitle } from '@/lib/title'
import { usePortfolio } from './api/portfolio'
import { Difference } from './components/difference'
import { FundsTable } from './components/funds-table'
import { Holdings } from './components/holdings'
import { Summary } from './components/summary'
import { CLASSES } from './lib/classes'
import { leavesOf } from './lib/leaves'

const Composition = lazy(async () => ({ default: (await import('./components/charts')).Composition }))
const CompositionMap = lazy(async () => ({ default: (await import('./components/charts')).CompositionMap }))
const Line = lazy(async () => ({ default: (await import('./components/charts')).Line }))

export function PortfolioPage() {
  useTitle('Carteiras')
  const [search, setSearch] = useSearchParams()
  const fundo = search.get('fundo')
  const data = search.get('data')
  const portfolio = usePortfolio({ fundo, data })
  const go = (next: { fundo: string | null; data: string | null }) => {
    const params = new URLSearchParams()
    if (next.fundo) params.set('fundo', next.fundo)
    if (next.data) params.set('data', next.data)
    setSearch(params)
  }
  const shown = portfolio.data
  const empty = shown?.fundos.length === 0 && !fundo
  return (
    <Page
      title="Carteiras"
      subtitle="O que as coletas trouxeram, por fundo e data."
      actions={
        shown && !empty ? (
          <>
            <NativeSelect
              aria-label="Fundo"
              value={fundo ?? ''}
              onChange={(e) => go({ fundo: e.target.value || null, data })}
              className="w-72 max-sm:w-full"
            >
              <option value="">Todos os fundos</option>
              {shown.fundos.map((f) => (
                <option key={f.fundo}>{f.fundo}</option>
              ))}
            </NativeSelect>
            <NativeSelect
              aria-label="Data"
              value={shown.data ?? ''}
              onChange={(e) => go({ fundo, data: e.target.value })}
              className="tabular w-36 max-sm:w-full"
            >
              {shown.datas.map((d) => (
                <option key={d} value={d}>
                  {isoToBr(d)}
                </option>
              ))}
            </NativeSelect>
          </>
        ) : null
      }
    >
      {portfolio.error && <LoadError error={portfolio.error} retry={() => void portfolio.refetch()} />}
      {portfolio.isPending && (
        <>
          <Skeleton className="h-24 rounded-xl" />
          <Skeleton className="h-72 rounded-xl" />
        </>
      )}
      {empty && (
        <Card>
          <Empty
            icon={Wallet}
            title="Ainda não há carteiras"
            action={
              <Button asChild variant="primary">
                <Link to="/etl">Ir para Executar</Link>
              </Button>
            }
          >
            Elas vêm dos arquivos coletados. Execute um sistema que traz carteiras, como o AMPLIS, o MAPS ou o QORE.
          </Empty>
        </Card>
      )}
      {shown && !empty && <View portfolio={shown} onFund={(name) => go({ fundo: name, data })} />}
    </Page>
  )
}

function View({ portfolio, onFund }: { portfolio: Portfolio; onFund: (fundo: string) => void }) {
  const [field, setField] = useState<'patrimonio' | 'cota'>('patrimonio')
  const { fundo, evolucao } = portfolio
  const leaves = leavesOf(portfolio)
  const legend = CLASSES.map(({ nome, color }) => ({ name: nome, color }))
  return (
    <>
      <Summary portfolio={portfolio} />
      <div className="grid gap-3 lg:grid-cols-2">
        <ChartCard title="Composição">
          <CompositionMap leaves={leaves} />
        </ChartCard>
        <ChartCard
          title={fundo && field === 'cota' ? 'Cota' : 'Patrimônio'}
          actions={
            fundo ? (
              <NativeSelect
                aria-label="O que mostrar no gráfico"
                value={field}
                onChange={(e) => setField(e.target.value === 'cota' ? 'cota' : 'patrimonio')}
                className="w-32"
              >
                <option value="patrimonio">Patrimônio</option>
                <option value="cota">Cota</option>
              </NativeSelect>
            ) : null
          }
        >
          <Line dates={evolucao} field={fundo ? field : 'patrimonio'} />
        </ChartCard>
        <ChartCard title="Evolução da composição" footer={<ChartLegend items={legend} />} className="lg:col-span-2">
          <Composition dates={evolucao} />
        </ChartCard>
      </div>
      {fundo ? (
        <>
          <Holdings key={`${fundo}-${portfolio.data ?? ''}`} portfolio={portfolio} />
          {portfolio.datas.length > 1 && <Difference key={fundo} fundo={fundo} dates={portfolio.datas} />}
        </>
      ) : (
        <FundsTable funds={portfolio.fundos} onFund={onFund} />
      )}
    </>
  )
}

interface ChartCardProps {
  title: string
  actions?: React.ReactNode
  footer?: React.ReactNode
  className?: string
  children: React.ReactNode
}

function ChartCard({ title, actions, footer, className = '', children }: ChartCardProps) {
  return (
    <Card className={`flex h-80 min-w-0 flex-col gap-3 p-4 ${className}`}>
      <div className="flex min-h-8 items-center justify-between gap-3">
        <h2 className="text-[13px] font-semibold">{title}</h2>
        {actions}
      </div>
      <div className="min-h-0 flex-1">
        <Suspense fallback={<Skeleton className="h-full" />}>{children}</Suspense>
      </div>
      {footer}
    </Card>
  )
}
