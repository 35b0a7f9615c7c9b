import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/lib/utils'

interface EmptyProps {
  icon: LucideIcon
  title: string
  children?: ReactNode
  action?: ReactNode
  className?: string
  /** It is all there is on the page. */
  page?: boolean
}

export function Empty({ icon: Icon, title, children, action, className, page }: EmptyProps) {
  return (
    <div className={cn('flex flex-col items-center justify-center gap-3 px-6 py-14 text-center', className)}>
      <div className="grid size-10 place-items-center rounded-xl border bg-surface text-subtle shadow-card">
        <Icon className="size-5" aria-hidden />
      </div>
      <div className="max-w-sm space-y-1">
        {page ? <h1 className="text-base font-semibold">{title}</h1> : <p className="text-sm font-medium">{title}</p>}
        {children && <div className="text-[13px] leading-relaxed text-subtle">{children}</div>}
      </div>
      {action}
    </div>
  )
}
