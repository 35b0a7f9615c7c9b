import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import type { Stats } from '@/lib/api/types'
import { formatDuration, formatInteger, formatPercent, plural } from '@/lib/format'

interface Tile {
  label: string
  value: string
  note: string
}

function tilesOf(stats: Stats): Tile[] {
  const { hoje } = stats
  const today = [
    hoje.sucesso && `${hoje.sucesso} com sucesso`,
    hoje.erro && `${hoje.erro} com erro`,
    hoje.cancelado && plural(hoje.cancelado, 'cancelada', 'canceladas'),
  ].filter(Boolean)
  return [
    { label: 'Execuções hoje', value: formatInteger(hoje.execucoes), note: today.join(', ') || 'nenhuma terminada' },
    {
      label: 'Taxa de sucesso',
      value: stats.taxa_sucesso === null ? '—' : formatPercent(stats.taxa_sucesso),
      note: 'nos últimos 30 dias',
    },
    {
      label: 'Duração média',
      value: formatDuration(stats.duracao_media_segundos),
      note: stats.duracao_p95_segundos === null ? 'nos últimos 30 dias' : `95% em até ${formatDuration(stats.duracao_p95_segundos)}`,
    },
    {
      label: 'Executando agora',
      value: formatInteger(stats.executando),
      note: stats.executando === 1 ? 'sistema' : 'sistemas',
    },
    {
      label: 'Workers',
      value: formatInteger(stats.workers_ativos),
      note: stats.workers_ativos === 1 ? 'ligado' : 'ligados',
    },
  ]
}

export function Tiles({ stats }: { stats: Stats | undefined }) {
  if (!stats) {
    return (
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-5">
        {Array.from({ length: 5 }, (_, i) => (
          <Skeleton key={i} className="h-24 rounded-xl" />
        ))}
      </div>
    )
  }
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-5">
      {tilesOf(stats).map(({ label, value, note }) => (
        <Card key={label} className="p-4 max-lg:first:col-span-2">
          <dt className="text-xs text-subtle">{label}</dt>
          <dd className="mt-1.5">
            <span className="tabular block text-2xl font-semibold tracking-tight">{value}</span>
            <span className="mt-0.5 block text-xs text-subtle">{note}</span>
          </dd>
        </Card>
      ))}
    </dl>
  )
}
