import { DayPicker } from 'react-day-picker'
import { ptBR } from 'react-day-picker/locale'
import { fromIso, toIso } from '@/lib/dates'
import { cn } from '@/lib/utils'

interface CalendarProps {
  value: string | null
  onPick: (iso: string) => void
  holidays: readonly string[]
  max?: string | undefined
  min?: string | undefined
}

const NAV_BUTTON = 'grid size-7 place-items-center rounded-md text-secondary hover:bg-hover disabled:opacity-40 [&_svg]:size-4 [&_svg]:fill-current'

/** A month; weekends and holidays are dimmed but can be picked, for a period may begin on one. */
export default function Calendar({ value, onPick, holidays, max, min }: CalendarProps) {
  const closed = (day: Date): boolean => day.getDay() === 0 || day.getDay() === 6 || holidays.includes(toIso(day))
  const selected = value ? fromIso(value) : undefined
  return (
    <DayPicker
      mode="single"
      // eslint-disable-next-line jsx-a11y/no-autofocus -- it opens by the reader's wish, as a dialog would
      autoFocus
      locale={ptBR}
      selected={selected}
      defaultMonth={selected ?? new Date()}
      onSelect={(day) => day && onPick(toIso(day))}
      disabled={[...(max ? [{ after: fromIso(max) }] : []), ...(min ? [{ before: fromIso(min) }] : [])]}
      modifiers={{ closed }}
      modifiersClassNames={{ closed: 'text-subtle [&>button]:line-through [&>button]:decoration-border-strong' }}
      classNames={{
        root: 'text-[13px]',
        months: 'relative',
        month_caption: 'flex h-7 items-center px-1 font-medium capitalize',
        nav: 'absolute top-0 right-0 flex gap-1',
        button_previous: NAV_BUTTON,
        button_next: NAV_BUTTON,
        month_grid: 'mt-2 border-collapse tabular',
        weekday: 'size-8 text-xs font-normal text-subtle',
        day: 'size-8 p-0 text-center',
        day_button: 'size-8 rounded-md hover:bg-hover disabled:opacity-40',
        today: '[&>button]:font-semibold [&>button]:text-accent-text',
        selected: cn('[&>button]:bg-accent! [&>button]:text-on-accent! [&>button]:no-underline!'),
        outside: 'opacity-40',
      }}
    />
  )
}
