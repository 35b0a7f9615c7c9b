import { ChevronDown, ChevronUp, ListFilter, Search, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { formatInteger } from '@/lib/format'

interface LogSearchProps {
  value: string
  onChange: (value: string) => void
  hits: { count: number; more: boolean; current: number } | null
  onStep: (step: 1 | -1) => void
  only: boolean
  onOnly: (only: boolean) => void
}

/** Searches the whole job; Enter goes to the next hit, Shift+Enter to the one before, Ctrl+F comes here. */
export function LogSearch({ value, onChange, hits, onStep, only, onOnly }: LogSearchProps) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f') {
        event.preventDefault()
        input.current?.select()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  const place = hits && (hits.count === 0 ? (hits.more ? '…' : 'nada') : label(hits))
  return (
    <div role="search" className="flex min-w-0 flex-1 basis-64 items-center gap-1">
      <div className="relative min-w-0 flex-1">
        <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-subtle" aria-hidden />
        <Input
          ref={input}
          type="text"
          aria-label="Buscar no log"
          placeholder="Buscar no log"
          spellCheck={false}
          value={value}
          onChange={(e) => onChange(e.target.value)}
          onKeyDown={(e) => {
            if (e.key === 'Enter') onStep(e.shiftKey ? -1 : 1)
            else if (e.key === 'Escape') onChange('')
          }}
          className="pr-24 pl-8"
        />
        <span className="tabular absolute top-0 right-1 flex h-8 items-center gap-1 text-xs text-subtle" role="status">
          {place}
          {value && (
            <button
              type="button"
              aria-label="Limpar a busca"
              onClick={() => onChange('')}
              className="grid size-6 place-items-center rounded hover:bg-hover hover:text-foreground"
            >
              <X className="size-3.5" aria-hidden />
            </button>
          )}
        </span>
      </div>
      {value && (
        <>
          <Button variant="ghost" size="icon" aria-label="Ocorrência anterior" disabled={!hits?.count} onClick={() => onStep(-1)}>
            <ChevronUp aria-hidden />
          </Button>
          <Button variant="ghost" size="icon" aria-label="Próxima ocorrência" disabled={!hits?.count} onClick={() => onStep(1)}>
            <ChevronDown aria-hidden />
          </Button>
          <Button
            variant={only ? 'secondary' : 'ghost'}
            size="icon"
            aria-pressed={only}
            aria-label="Mostrar só as linhas encontradas"
            title="Mostrar só as linhas encontradas"
            onClick={() => onOnly(!only)}
          >
            <ListFilter aria-hidden />
          </Button>
        </>
      )}
    </div>
  )
}

function label({ count, more, current }: { count: number; more: boolean; current: number }): string {
  const total = `${formatInteger(count)}${more ? '+' : ''}`
  return current >= 0 ? `${formatInteger(current + 1)} de ${total}` : total
}
