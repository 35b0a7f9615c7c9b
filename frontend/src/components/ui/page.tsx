import { CircleAlert, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeError } from '@/lib/api/client'
import { cn } from '@/lib/utils'
import { Button } from './button'

interface PageProps {
  title: string
  subtitle?: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
}

export function Page({ title, subtitle, actions, children, className }: PageProps) {
  return (
    <div className={cn('mx-auto flex w-full max-w-[1440px] flex-col gap-5 px-4 py-5 sm:px-6 lg:px-8 lg:py-7', className)}>
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {subtitle && <div className="mt-0.5 text-[13px] text-subtle">{subtitle}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2 max-sm:has-[select]:w-full">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A query's failure in place of what it would have shown. */
export function LoadError({ error, retry, className }: { error: unknown; retry: () => void; className?: string }) {
  return (
    <div role="alert" className={cn('flex items-start gap-3 rounded-xl border bg-surface p-4', className)}>
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
      <div className="min-w-0 flex-1 text-[13px]">
        <p className="font-medium">Não foi possível carregar</p>
        <p className="mt-0.5 text-subtle">{describeError(error)}</p>
      </div>
      <Button size="sm" onClick={retry}>
        <RotateCw aria-hidden />
        Tentar de novo
      </Button>
    </div>
  )
}
