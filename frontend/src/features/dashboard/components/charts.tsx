import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts'
import { ChartBox } from '@/components/charts/chart-box'
import { AXIS, ChartLegend, ChartTooltip, GRID } from '@/components/charts/chart-tooltip'
import type { Stats } from '@/lib/api/types'
import { formatDateLong, formatDuration, formatInteger } from '@/lib/format'

const RESULTS = [
  { key: 'sucesso', name: 'Com sucesso', color: 'var(--chart-success)' },
  { key: 'erro', name: 'Com erro', color: 'var(--chart-danger)' },
  { key: 'cancelado', name: 'Canceladas', color: 'var(--chart-warning)' },
] as const

/** Executions per day, stacked by how they ended. */
export function PerDay({ days }: { days: Stats['por_dia'] }) {
  return (
    <div className="flex h-full flex-col gap-3">
      <div className="min-h-0 flex-1">
        <ChartBox>
          <BarChart data={days} margin={{ top: 4, right: 0, bottom: 0, left: -18 }} maxBarSize={28} title="Execuções por dia">
            <CartesianGrid {...GRID} />
            <XAxis dataKey="dia" {...AXIS} tickFormatter={(d: string) => `${d.slice(8)}/${d.slice(5, 7)}`} minTickGap={16} interval="equidistantPreserveEnd" />
            <YAxis {...AXIS} allowDecimals={false} width={44} />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--hover)' }}
              content={({ active, payload, label }) =>
                active ? (
                  <ChartTooltip
                    title={formatDateLong(String(label))}
                    entries={RESULTS.map(({ key, name, color }) => ({
                      name,
                      color,
                      text: formatInteger(Number(payload.find((p) => p.dataKey === key)?.value ?? 0)),
                    }))}
                  />
                ) : null
              }
            />
            {RESULTS.map(({ key, color }, i) => (
              <Bar
                key={key}
                dataKey={key}
                stackId="resultado"
                fill={color}
                isAnimationActive={false}
                {...(i === RESULTS.length - 1 ? { radius: [3, 3, 0, 0] as [number, number, number, number] } : {})}
              />
            ))}
          </BarChart>
        </ChartBox>
      </div>
      <ChartLegend items={RESULTS.map(({ name, color }) => ({ name, color }))} />
    </div>
  )
}

/** Mean duration of each sistema's good runs. */
export function PerSistema({ sistemas }: { sistemas: Stats['por_sistema'] }) {
  const data = sistemas
    .filter((s) => s.duracao_media_segundos !== null)
    .sort((a, b) => (b.duracao_media_segundos ?? 0) - (a.duracao_media_segundos ?? 0))
  return (
    <ChartBox>
      <BarChart data={data} layout="vertical" margin={{ top: 0, right: 8, bottom: 0, left: 0 }} barSize={12} title="Duração por sistema">
        <XAxis type="number" {...AXIS} tickFormatter={(s: number) => formatDuration(s)} minTickGap={24} />
        <YAxis type="category" dataKey="nome" {...AXIS} width={112} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--hover)' }}
          content={({ active, payload, label }) =>
            active ? (
              <ChartTooltip
                title={String(label)}
                entries={[
                  { name: 'Duração média', color: 'var(--accent)', text: formatDuration(Number(payload[0]?.value)) },
                ]}
              />
            ) : null
          }
        />
        <Bar dataKey="duracao_media_segundos" fill="var(--accent)" radius={3} isAnimationActive={false} />
      </BarChart>
    </ChartBox>
  )
}
