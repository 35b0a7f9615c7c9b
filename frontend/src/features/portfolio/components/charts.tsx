import {
  Area, AreaChart, Bar, BarChart, CartesianGrid, ReferenceLine, Tooltip, Treemap, XAxis, YAxis,
} from 'recharts'
import { ChartBox } from '@/components/charts/chart-box'
import { AXIS, ChartTooltip, GRID } from '@/components/charts/chart-tooltip'
import { niceTicks } from '@/components/charts/scale'
import type { Evolucao } from '@/lib/api/types'
import { isoToBr } from '@/lib/dates'
import { formatMoney, formatPercent, moneyMarks } from '@/lib/format'
import { CLASSES } from '../lib/classes'
import { CAPITAL_PX, fitLabel } from '../lib/label'
import type { Leaf } from '../lib/leaves'

const ends = (ticks: number[]): [number, number] => [ticks[0] ?? 0, ticks.at(-1) ?? 1]
const shortDay = (iso: string): string => `${iso.slice(8)}/${iso.slice(5, 7)}`

/** Marks for the stacks; from zero when all that is below it would be too thin to see. */
function stackTicks(dates: Evolucao[]): number[] {
  const sums = (sign: 1 | -1) => dates.map((day) => CLASSES.reduce((sum, { id }) => sum + Math.max(day[id] * sign, 0), 0))
  const high = Math.max(...sums(1))
  const low = Math.max(...sums(-1))
  return niceTicks(low < high * 0.02 ? 0 : -low, high)
}

/** Stacked bars of the composition on each date. */
export function Composition({ dates }: { dates: Evolucao[] }) {
  const ticks = stackTicks(dates)
  return (
    <ChartBox>
      <BarChart data={dates} stackOffset="sign" margin={{ top: 4, right: 0, bottom: 0, left: 4 }} maxBarSize={32} title="Composição por data">
        <CartesianGrid {...GRID} />
        <XAxis dataKey="data" {...AXIS} tickFormatter={shortDay} minTickGap={20} />
        <YAxis {...AXIS} ticks={ticks} domain={ends(ticks)} allowDataOverflow tickFormatter={moneyMarks(ticks)} width={78} />
        <ReferenceLine y={0} stroke="var(--border-strong)" />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--hover)' }}
          content={({ active, payload, label }) =>
            active ? (
              <ChartTooltip
                title={isoToBr(String(label))}
                entries={CLASSES.map(({ id, nome, color }) => ({
                  name: nome,
                  color,
                  text: formatMoney(Number(payload.find((p) => p.dataKey === id)?.value ?? 0)),
                }))}
              />
            ) : null
          }
        />
        {CLASSES.map(({ id, color }) => (
          <Bar key={id} dataKey={id} stackId="classe" fill={color} isAnimationActive={false} />
        ))}
      </BarChart>
    </ChartBox>
  )
}

/** The patrimônio (or the quota) over time. */
export function Line({ dates, field }: { dates: Evolucao[]; field: 'patrimonio' | 'cota' }) {
  const name = field === 'cota' ? 'Cota' : 'Patrimônio'
  const text = (value: number): string =>
    field === 'cota' ? value.toLocaleString('pt-BR', { maximumFractionDigits: 8 }) : formatMoney(value)
  const values = dates.flatMap((day) => (day[field] == null ? [] : [day[field]]))
  const ticks = niceTicks(Math.min(...values), Math.max(...values))
  const tick = field === 'cota' ? text : moneyMarks(ticks)
  return (
    <ChartBox>
      <AreaChart data={dates} margin={{ top: 4, right: 0, bottom: 0, left: 4 }} title={`${name} no tempo`}>
        <CartesianGrid {...GRID} />
        <XAxis dataKey="data" {...AXIS} tickFormatter={shortDay} minTickGap={20} />
        <YAxis {...AXIS} ticks={ticks} domain={ends(ticks)} tickFormatter={tick} width={78} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--border-strong)' }}
          content={({ active, payload, label }) =>
            active ? (
              <ChartTooltip
                title={isoToBr(String(label))}
                entries={[{ name, color: 'var(--accent)', text: text(Number(payload[0]?.value ?? 0)) }]}
              />
            ) : null
          }
        />
        <Area
          dataKey={field}
          stroke="var(--accent)"
          strokeWidth={2}
          fill="var(--accent-soft)"
          isAnimationActive={false}
          dot={dates.length < 2 ? { fill: 'var(--accent)' } : false}
        />
      </AreaChart>
    </ChartBox>
  )
}

/** The composition as areas; only what is owned has an area. */
export function CompositionMap({ leaves }: { leaves: Leaf[] }) {
  return (
    <ChartBox>
      <Treemap data={leaves} dataKey="value" nameKey="name" isAnimationActive={false} content={(node) => <Cell {...node} />}>
        <Tooltip
          isAnimationActive={false}
          content={({ active, payload }) => {
            const leaf = payload[0]?.payload as Leaf | undefined
            return active && leaf ? (
              <ChartTooltip
                title={leaf.name}
                entries={[
                  { name: 'Valor', color: leaf.color, text: formatMoney(leaf.value) },
                  { name: 'Do patrimônio', color: leaf.color, text: formatPercent(leaf.percent, 1) },
                ]}
              />
            ) : null
          }}
        />
      </Treemap>
    </ChartBox>
  )
}

interface CellProps {
  x?: number
  y?: number
  width?: number
  height?: number
  depth?: number
  name?: string | number
  color?: string
  percent?: number
}

function Cell({ x = 0, y = 0, width = 0, height = 0, depth, name = '', color, percent = 0 }: CellProps) {
  if (depth === 0) return <g />
  const room = Math.floor((width - 20) / CAPITAL_PX)
  return (
    <g>
      <rect x={x + 1} y={y + 1} width={Math.max(width - 2, 0)} height={Math.max(height - 2, 0)} rx={4} fill={color} />
      {room >= 4 && height > 24 && (
        <text x={x + 10} y={y + 20} fill="#fff" fontSize={12} fontWeight={600} stroke="none">
          {fitLabel(String(name), width - 20)}
        </text>
      )}
      {room >= 5 && height > 42 && (
        <text x={x + 10} y={y + 36} fill="#fff" fontSize={11} stroke="none">
          {formatPercent(percent, 1)}
        </text>
      )}
    </g>
  )
}
