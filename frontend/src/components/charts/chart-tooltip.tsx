interface Entry {
  name: string
  color: string
  text: string
}

/** What a chart says of the place under the pointer. */
export function ChartTooltip({ title, entries }: { title: string; entries: Entry[] }) {
  return (
    <div className="min-w-36 rounded-lg border bg-raised px-3 py-2 text-xs shadow-pop">
      <p className="mb-1 font-medium">{title}</p>
      <ul className="flex flex-col gap-0.5">
        {entries.map(({ name, color, text }) => (
          <li key={name} className="flex items-center gap-2">
            <span aria-hidden className="size-2 rounded-xs" style={{ background: color }} />
            <span className="text-subtle">{name}</span>
            <span className="tabular ml-auto pl-3 font-medium">{text}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

export function ChartLegend({ items }: { items: { name: string; color: string }[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-subtle">
      {items.map(({ name, color }) => (
        <li key={name} className="flex items-center gap-1.5">
          <span aria-hidden className="size-2 rounded-xs" style={{ background: color }} />
          {name}
        </li>
      ))}
    </ul>
  )
}

/** One look for all axes. */
export const AXIS = {
  tickLine: false,
  axisLine: false,
  tick: { fill: 'var(--subtle)', fontSize: 11 },
} as const

export const GRID = { stroke: 'var(--border)', vertical: false } as const
