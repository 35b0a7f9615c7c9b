import type { ComponentProps } from 'react'
import { cn } from '@/lib/utils'

/** A table that scrolls sideways by itself where it must. */
export function Table({ className, label, ...props }: ComponentProps<'table'> & { label: string }) {
  return (
    <div className="overflow-x-auto">
      <table aria-label={label} className={cn('w-full border-collapse text-left text-[13px]', className)} {...props} />
    </div>
  )
}

export function Th({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={cn('border-b px-3 py-2 text-xs font-medium whitespace-nowrap text-subtle first:pl-4 last:pr-4', className)}
      {...props}
    />
  )
}

export function Td({ className, ...props }: ComponentProps<'td'>) {
  return <td className={cn('px-3 py-2.5 align-middle first:pl-4 last:pr-4', className)} {...props} />
}

export function Tr({ className, ...props }: ComponentProps<'tr'>) {
  return <tr className={cn('border-b transition-colors last:border-b-0 hover:bg-hover', className)} {...props} />
}
