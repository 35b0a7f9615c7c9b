import { DateField } from '@/components/date-field'
import { Button } from '@/components/ui/button'
import { Switch } from '@/components/ui/switch'
import { isoToBr } from '@/lib/dates'
import { formatDateLong, plural } from '@/lib/format'
import { useRunForm } from '../run-form'
import type { PeriodState } from '../use-period'

export function PeriodPanel({ period, disabled }: { period: PeriodState; disabled: boolean }) {
  const set = useRunForm((s) => s.set)
  return (
    <section aria-labelledby="periodo" className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-3">
        <h2 id="periodo" className="text-[13px] font-semibold">
          Período
        </h2>
        <label htmlFor="usar-d1" className="flex items-center gap-2 text-[13px] text-secondary">
          Usar D-1
          <Switch
            id="usar-d1"
            checked={period.useD1}
            disabled={disabled}
            onCheckedChange={(useD1) => set({ useD1, start: period.start, end: period.end })}
          />
        </label>
      </div>
      {period.useD1 ? (
        <div className="rounded-lg bg-muted px-3 py-2.5">
          <p className="tabular text-sm font-medium">{period.start ? isoToBr(period.start) : 'Último dia útil'}</p>
          <p className="mt-0.5 text-xs text-subtle">
            {period.start ? `${formatDateLong(period.start)}, dia útil anterior` : 'Pelo calendário ANBIMA'}
          </p>
        </div>
      ) : (
        <Dates period={period} disabled={disabled} />
      )}
    </section>
  )
}

function Dates({ period, disabled }: { period: PeriodState; disabled: boolean }) {
  const set = useRunForm((s) => s.set)
  const { d1, d2, businessDays } = period
  const shortcuts = [
    { label: 'D-1', start: d1, end: d1 },
    { label: 'D-2', start: d2, end: d2 },
    { label: 'Mês até D-1', start: d1 && `${d1.slice(0, 8)}01`, end: d1 },
  ]
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <DateField
          id="data-inicial"
          label="Data inicial"
          value={period.start}
          onChange={(start) => set({ start })}
          holidays={period.holidays}
          disabled={disabled}
          error={period.errors.start}
          max={period.today}
        />
        <DateField
          id="data-final"
          label="Data final"
          value={period.end}
          onChange={(end) => set({ end })}
          holidays={period.holidays}
          disabled={disabled}
          error={period.errors.end}
          max={period.today}
        />
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        {shortcuts.map(({ label, start, end }) => (
          <Button key={label} size="sm" disabled={disabled || !start} onClick={() => set({ start, end })}>
            {label}
          </Button>
        ))}
      </div>
      {businessDays !== null && !period.errors.start && !period.errors.end && (
        <p className="text-xs text-subtle">
          {businessDays === 0 ? 'Nenhum dia útil neste período.' : plural(businessDays, 'dia útil', 'dias úteis')}
        </p>
      )}
    </>
  )
}
