import { CalendarDays } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { brToIso, isoToBr, maskBrDate } from '@/lib/dates'
import { Button } from './ui/button'
import { Field, Input } from './ui/input'
import { Popover, PopoverContent, PopoverTrigger } from './ui/popover'
import { Skeleton } from './ui/skeleton'

const Calendar = lazy(() => import('./calendar'))

interface DateFieldProps {
  id: string
  label: string
  value: string | null
  onChange: (iso: string | null) => void
  holidays: readonly string[]
  disabled?: boolean
  error?: string | undefined
  max?: string
  min?: string
  hideLabel?: boolean
  className?: string
}

/** A date typed as DD/MM/AAAA or picked from a month; `onChange` gets ISO, or null while it is no date. */
export function DateField({ id, label, value, onChange, holidays, disabled = false, error, max, min, hideLabel = false, className = '' }: DateFieldProps) {
  const [open, setOpen] = useState(false)
  // What is being typed; it gives way when the value is set from elsewhere.
  const [typed, setTyped] = useState<string | null>(null)
  const typing = typed !== null && brToIso(typed) === value
  const text = typing ? typed : isoToBr(value)
  const incomplete = typing && typed !== '' && value === null
  const wrong = incomplete && typed.length === 10 ? 'Esta data não existe.' : error

  const type = (raw: string) => {
    const masked = maskBrDate(raw)
    setTyped(masked)
    onChange(brToIso(masked))
  }

  return (
    <Field label={label} htmlFor={id} error={wrong} hideLabel={hideLabel} className={className}>
      <div className="relative">
        <Input
          id={id}
          inputMode="numeric"
          placeholder="dd/mm/aaaa"
          autoComplete="off"
          disabled={disabled}
          value={text}
          aria-invalid={wrong !== undefined}
          aria-describedby={wrong ? `${id}-nota` : undefined}
          onChange={(e) => type(e.target.value)}
          onBlur={() => !incomplete && setTyped(null)}
          className="tabular pr-7 pl-2"
        />
        <Popover open={open} onOpenChange={setOpen}>
          <PopoverTrigger asChild>
            <Button
              variant="ghost"
              size="iconSm"
              disabled={disabled}
              aria-label={`Abrir o calendário: ${label}`}
              className="absolute top-0.5 right-0.5"
            >
              <CalendarDays aria-hidden />
            </Button>
          </PopoverTrigger>
          <PopoverContent align="end" aria-label={label}>
            <Suspense fallback={<Skeleton className="h-64 w-56" />}>
              <Calendar
                value={value}
                holidays={holidays}
                max={max}
                min={min}
                onPick={(iso) => {
                  setTyped(null)
                  onChange(iso)
                  setOpen(false)
                }}
              />
            </Suspense>
          </PopoverContent>
        </Popover>
      </div>
    </Field>
  )
}
