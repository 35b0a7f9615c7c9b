import { ChevronLeft, ChevronRight } from 'lucide-react'
import { formatInteger } from '@/lib/format'
import { Button } from './button'

interface PagerProps {
  page: number
  pageSize: number
  total: number
  onPage: (page: number) => void
}

export function Pager({ page, pageSize, total, onPage }: PagerProps) {
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const first = total === 0 ? 0 : (page - 1) * pageSize + 1
  const last = Math.min(page * pageSize, total)
  return (
    <nav aria-label="Páginas" className="tabular flex items-center justify-between gap-3 text-xs text-subtle">
      <span>
        {formatInteger(first)}–{formatInteger(last)} de {formatInteger(total)}
      </span>
      <span className="flex items-center gap-1">
        <Button size="iconSm" variant="ghost" aria-label="Página anterior" disabled={page <= 1} onClick={() => onPage(page - 1)}>
          <ChevronLeft aria-hidden />
        </Button>
        <span className="px-1">
          {formatInteger(page)} de {formatInteger(pages)}
        </span>
        <Button size="iconSm" variant="ghost" aria-label="Próxima página" disabled={page >= pages} onClick={() => onPage(page + 1)}>
          <ChevronRight aria-hidden />
        </Button>
      </span>
    </nav>
  )
}
