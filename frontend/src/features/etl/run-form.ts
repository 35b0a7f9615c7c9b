import { create } from 'zustand'

interface RunForm {
  /** undefined: as the hub's configuration says; null: no valid date is typed. */
  useD1: boolean | undefined
  start: string | null | undefined
  end: string | null | undefined
  dryRun: boolean
  clean: boolean
  again: boolean
  set: (change: Partial<Omit<RunForm, 'set'>>) => void
}

/** What the next run is to be like; it outlives a visit to another page. */
export const useRunForm = create<RunForm>((set) => ({
  useD1: undefined,
  start: undefined,
  end: undefined,
  dryRun: false,
  clean: false,
  again: false,
  set: (change) => set(change),
}))

export interface Period {
  start: string | null
  end: string | null
}

export interface PeriodErrors {
  start?: string
  end?: string
}

/** What is wrong with a period, field by field; `today` is ISO. */
export function checkPeriod({ start, end }: Period, today: string): PeriodErrors {
  const errors: PeriodErrors = {}
  if (!start) errors.start = 'Informe a data inicial.'
  else if (start > today) errors.start = 'A data inicial está no futuro.'
  if (!end) errors.end = 'Informe a data final.'
  else if (start && end < start) errors.end = 'A data final é anterior à inicial.'
  else if (end > today) errors.end = 'A data final está no futuro.'
  return errors
}
