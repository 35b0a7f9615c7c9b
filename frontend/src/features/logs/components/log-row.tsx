import { ChevronDown, ChevronRight } from 'lucide-react'
import { memo, type Ref } from 'react'
import type { LogLevel, LogLine } from '@/lib/api/types'
import { formatClock, plural } from '@/lib/format'
import { cn } from '@/lib/utils'
import { cutMessage, formatDelta, splitHits } from '../lib/message'

const BAR: Record<LogLevel, string> = {
  DEBUG: 'bg-border',
  INFO: 'bg-info/60',
  SUCCESS: 'bg-success',
  WARN: 'bg-warning',
  ERROR: 'bg-danger',
}

const WORD: Record<LogLevel, string> = {
  DEBUG: 'text-subtle',
  INFO: 'text-info',
  SUCCESS: 'text-success',
  WARN: 'text-warning',
  ERROR: 'text-danger',
}

interface LogRowProps {
  jobId: number
  line: LogLine | undefined
  index: number
  wrap: boolean
  open: boolean
  needle: string
  /** The time of the line before, when the time between them is to be shown. */
  previous: string | null
  marked: boolean
  onToggle: (seq: number) => void
  onLink: (seq: number) => void
  rowRef?: Ref<HTMLDivElement>
}

export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { jobId, line, index, wrap, open, needle, previous, marked, onToggle, onLink, rowRef } = props
  if (!line) {
    return (
      <div data-index={index} className="flex h-[22px] items-center pl-4">
        <span className="h-2.5 w-64 animate-pulse rounded bg-muted" />
      </div>
    )
  }
  const cut = cutMessage(line.mensagem)
  const hidden = cut.moreLines > 0 || cut.moreChars > 0
  const text = open ? line.mensagem : cut.text
  return (
    <div
      ref={rowRef}
      data-index={index}
      data-seq={line.seq}
      data-level={line.level}
      className={cn(
        'relative flex min-h-[22px] w-full items-start gap-x-3 pr-4 pl-4 leading-[22px] hover:bg-hover',
        marked && 'bg-accent-soft hover:bg-accent-soft',
        line.level === 'ERROR' && !marked && 'bg-danger-soft/60',
      )}
    >
      <span aria-hidden className={cn('absolute inset-y-0 left-0 w-[3px]', BAR[line.level])} />
      <a
        href={`/logs/${jobId}?linha=${line.seq}`}
        tabIndex={-1}
        title="Copiar o link desta linha"
        aria-label={`Linha ${line.seq}`}
        onClick={(e) => {
          e.preventDefault()
          onLink(line.seq)
        }}
        className="hidden w-[7ch] shrink-0 text-right text-subtle select-none hover:text-accent-text sm:block"
      >
        {line.seq}
      </a>
      <time dateTime={line.timestamp} className="shrink-0 text-subtle">
        <span className="sm:hidden">{formatClock(line.timestamp).slice(0, 8)}</span>
        <span className="hidden sm:inline">{formatClock(line.timestamp)}</span>
        {previous && <span className="inline-block w-[9ch] text-right">{formatDelta(previous, line.timestamp)}</span>}
      </time>
      <span className={cn('hidden w-[7ch] shrink-0 font-medium sm:block', WORD[line.level])}>{line.level}</span>
      <span className="hidden w-[15ch] shrink-0 truncate text-secondary md:block" title={line.sistema}>
        {line.sistema}
      </span>
      <span
        className={cn(
          'min-w-0 flex-1',
          wrap || open ? 'break-words whitespace-pre-wrap [overflow-wrap:anywhere]' : 'whitespace-pre',
          line.level === 'DEBUG' && 'text-subtle',
          line.level === 'ERROR' && 'text-danger',
        )}
      >
        {needle
          ? splitHits(text, needle).map((piece, i) =>
              piece.hit ? (
                <mark key={i} className="rounded-xs bg-warning/30 text-inherit">
                  {piece.text}
                </mark>
              ) : (
                piece.text
              ),
            )
          : text}
        {(hidden || open) && (
          <button
            type="button"
            aria-expanded={open}
            onClick={() => onToggle(line.seq)}
            className="ml-2 inline-flex items-center gap-1 rounded border bg-surface px-1.5 font-sans text-[11px] leading-4 text-subtle select-none hover:text-foreground"
          >
            {open ? <ChevronDown className="size-3" aria-hidden /> : <ChevronRight className="size-3" aria-hidden />}
            {open ? 'recolher' : more(cut.moreLines, cut.moreChars)}
          </button>
        )}
      </span>
    </div>
  )
})

function more(lines: number, chars: number): string {
  return lines > 0 ? `mais ${plural(lines, 'linha', 'linhas')}` : `mais ${plural(chars, 'caractere', 'caracteres')}`
}
