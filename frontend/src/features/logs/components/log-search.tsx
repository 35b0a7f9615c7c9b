import { ChevronDown, ChevronUp, ListFilter, Search, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { formatInteger } from '@/lib/format'
import type { FilteredLog } from '../lib/filtered-log'
import { useLogValue } from '../use-job-log'

interface LogSearchProps {
  value: string
  onChange: (value: string) => void
  hits: FilteredLog | null
  /** Which hit is shown; -1 for none yet. */
  current: number
  onStep: (step: 1 | -1) => void
  only: boolean
  onOnly: (only: boolean) => void
}

/** Searches the whole job; Enter goes to the next hit, Shift+Enter to the one before, Ctrl+F comes here. */
export function LogSearch({ value, onChange, hits, current, onStep, only, onOnly }: LogSearchProps) {
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
  const count = useLogValue(hits, (h) => h?.count ?? 0)
  const complete = useLogValue(hits, (h) => h?.complete ?? true)
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
          {hits && label(count, complete, current)}
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
          <Button variant="ghost" size="icon" aria-label="Ocorrência anterior" disabled={count === 0} onClick={() => onStep(-1)}>
            <ChevronUp aria-hidden />
          </Button>
          <Button variant="ghost" size="icon" aria-label="Próxima ocorrência" disabled={count === 0} onClick={() => onStep(1)}>
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

function label(count: number, complete: boolean, current: number): string {
  if (count === 0) return complete ? 'nada' : '…'
  const total = `${formatInteger(count)}${complete ? '' : '+'}`
  return current >= 0 ? `${formatInteger(current + 1)} de ${total}` : total
}
