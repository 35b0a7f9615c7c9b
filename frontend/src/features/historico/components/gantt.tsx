import { SistemaBadge } from '@/components/status-badge'
import { formatDuration } from '@/lib/format'
import { cn } from '@/lib/utils'
import { type Segment, ticks, type Timeline, type TimelineRow } from '../lib/timeline'

const FILL: Record<Segment['kind'], string> = {
  waiting: 'bg-muted',
  running: 'bg-accent',
  success: 'bg-success',
  error: 'bg-danger',
  cancelled: 'bg-warning',
}

const WORD: Record<Segment['kind'], string> = {
  waiting: 'na fila',
  running: 'executando',
  success: 'sucesso',
  error: 'erro',
  cancelled: 'cancelado',
}

/** When each sistema waited and ran, on one time line. */
export function Gantt({ timeline }: { timeline: Timeline }) {
  const span = timeline.to - timeline.from
  const marks = ticks(span / 1000)
  const place = (seconds: number): string => `${(seconds * 100_000) / span}%`
  return (
    <div className="flex flex-col">
      <div className="grid grid-cols-[minmax(7rem,11rem)_1fr] gap-x-4 sm:grid-cols-[minmax(7rem,11rem)_1fr_5rem]">
        <div aria-hidden className="tabular relative col-start-2 h-6 text-[11px] text-subtle">
          {marks.map((s) => (
            <span
              key={s}
              className={cn('absolute top-0 whitespace-nowrap', s > 0 && '-translate-x-1/2')}
              style={{ left: place(s) }}
            >
              {s === 0 ? '0' : formatDuration(s)}
            </span>
          ))}
        </div>
      </div>
      <ul className="flex flex-col" aria-label="Linha do tempo por sistema">
        {timeline.rows.map((row) => (
          <GanttRow key={row.sistema.execution_id} row={row} timeline={timeline} marks={marks.map(place)} />
        ))}
      </ul>
    </div>
  )
}

interface GanttRowProps {
  row: TimelineRow
  timeline: Timeline
  marks: string[]
}

function GanttRow({ row, timeline, marks }: GanttRowProps) {
  const span = timeline.to - timeline.from
  const { sistema } = row
  return (
    <li className="grid grid-cols-[minmax(7rem,11rem)_1fr] items-center gap-x-4 border-t py-2 sm:grid-cols-[minmax(7rem,11rem)_1fr_5rem]">
      <div className="flex min-w-0 flex-col items-start gap-1">
        <span className="w-full truncate text-[13px] font-medium">{sistema.nome}</span>
        <SistemaBadge status={sistema.status} estado={sistema.estado} />
      </div>
      <div className="relative h-8">
        {marks.map((left) => (
          <span key={left} aria-hidden className="absolute inset-y-0 w-px bg-border" style={{ left }} />
        ))}
        {row.segments.map((segment) => {
          const seconds = (segment.to - segment.from) / 1000
          const text = `${WORD[segment.kind]}${segment.kind === 'waiting' ? '' : `, tentativa ${segment.tentativa}`}: ${formatDuration(seconds)}`
          return (
            <span
              key={segment.from}
              role="img"
              aria-label={text}
              title={text}
              className={cn('absolute top-1/2 h-3.5 min-w-1 -translate-y-1/2 rounded-sm', FILL[segment.kind])}
              style={{
                left: `${((segment.from - timeline.from) * 100) / span}%`,
                width: `${((segment.to - segment.from) * 100) / span}%`,
              }}
            />
          )
        })}
      </div>
      <span className="tabular hidden text-right text-xs text-subtle sm:block">
        {formatDuration(row.seconds)}
      </span>
    </li>
  )
}
