import { useCalendario, useConfig } from '@/lib/api/queries'
import { anyToIso, countWithin, toIso } from '@/lib/dates'
import { checkPeriod, type PeriodErrors, useRunForm } from './run-form'

export interface PeriodState {
  useD1: boolean
  start: string | null
  end: string | null
  today: string
  d1: string | null
  d2: string | null
  holidays: string[]
  /** Business days within the period; null while the calendar is not known. */
  businessDays: number | null
  errors: PeriodErrors
}

/** The period of the next run: D-1 of the calendar, or what was chosen, else what the configuration holds. */
export function usePeriod(): PeriodState {
  const form = useRunForm()
  const today = toIso(new Date())
  const year = Number(today.slice(0, 4))
  const { data: calendar } = useCalendario(`${year - 1}-01-01`, `${year}-12-31`)
  const config = useConfig()
  const saved = config.data?.periodo
  const useD1 = form.useD1 ?? saved?.usarD1Anbima ?? true
  const d1 = calendar?.d1 ?? null
  const start = useD1 ? d1 : form.start === undefined ? (anyToIso(saved?.dataInicial) ?? d1) : form.start
  const end = useD1 ? d1 : form.end === undefined ? (anyToIso(saved?.dataFinal) ?? d1) : form.end
  return {
    useD1,
    start,
    end,
    today,
    d1,
    d2: calendar?.d2 ?? null,
    holidays: calendar?.feriados.map((f) => f.data) ?? [],
    businessDays: calendar && start && end ? countWithin(calendar.dias_uteis, start, end) : null,
    // With D-1 the hub finds the day itself, should the calendar not be at hand.
    errors: useD1 ? {} : checkPeriod({ start, end }, today),
  }
}
