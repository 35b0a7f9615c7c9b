import { cn } from '@/lib/utils'

interface ProgressProps {
  value: number
  label: string
  tone?: 'accent' | 'success' | 'danger' | 'neutral'
  className?: string
}

const FILL = { accent: 'bg-accent', success: 'bg-success', danger: 'bg-danger', neutral: 'bg-border-strong' }

export function Progress({ value, label, tone = 'accent', className }: ProgressProps) {
  const percent = Math.round(Math.min(Math.max(value, 0), 100))
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={cn('h-1.5 overflow-hidden rounded-full bg-muted', className)}
    >
      <div
        className={cn('h-full origin-left rounded-full transition-transform duration-300', FILL[tone])}
        style={{ transform: `scaleX(${percent / 100})` }}
      />
    </div>
  )
}
