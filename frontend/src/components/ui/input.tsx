import { ChevronDown } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from '@/lib/utils'

const FIELD =
  'h-8 w-full rounded-md border bg-surface px-2.5 text-[13px] text-foreground shadow-card placeholder:text-subtle disabled:cursor-not-allowed disabled:bg-muted disabled:text-subtle aria-invalid:border-danger'

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(FIELD, className)} {...props} />
}

/** The platform's own list: keyboard, phone and screen reader know it. */
export function NativeSelect({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <span className={cn('relative inline-flex', className)}>
      <select className={cn(FIELD, 'appearance-none truncate pr-7')} {...props}>
        {children}
      </select>
      <ChevronDown
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-subtle"
        aria-hidden
      />
    </span>
  )
}

interface FieldProps {
  label: string
  htmlFor: string
  error?: string | undefined
  hint?: string | undefined
  hideLabel?: boolean
  className?: string
  children: React.ReactNode
}

/** A label above its control, with the hint or the error below; the control points at `${htmlFor}-nota`. */
export function Field({ label, htmlFor, error, hint, hideLabel, className, children }: FieldProps) {
  const note = error ?? hint
  return (
    <div className={cn('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={htmlFor} className={hideLabel ? 'sr-only' : 'text-[13px] font-medium text-secondary'}>
        {label}
      </label>
      {children}
      {note && (
        <p id={`${htmlFor}-nota`} className={cn('text-xs', error ? 'text-danger' : 'text-subtle')}>
          {note}
        </p>
      )}
    </div>
  )
}
