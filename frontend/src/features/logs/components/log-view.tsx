import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react'
import { Button } from '@/components/ui/button'
import { plural } from '@/lib/format'
import { cn } from '@/lib/utils'
import type { LogSource } from '../lib/job-log'
import { Scroller } from '../lib/scroller'
import { LogRow } from './log-row'

interface LogViewProps {
  jobId: number
  source: LogSource
  wrap: boolean
  needle: string
  /** Shows the time between lines. */
  deltas: boolean
  follow: boolean
  onFollow: (follow: boolean) => void
  /** The line to show and mark; a new object jumps again. */
  target: { seq: number } | null
  onLink: (seq: number) => void
  /** Tells which line is uppermost. */
  onTop: (seq: number) => void
  className?: string
}

/** A log of any length, of which only the rows in sight exist. Mount anew (key) for another source. */
export function LogView(props: LogViewProps) {
  const { jobId, source, wrap, needle, deltas, follow, onFollow, target, onLink, onTop, className } = props
  useSyncExternalStore(source.notifier.subscribe, source.notifier.snapshot)
  const [scroller] = useState(() => new Scroller())
  useSyncExternalStore(scroller.subscribe, scroller.snapshot)
  const box = useRef<HTMLDivElement>(null)
  const rows = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const count = source.count
  const { first, start, end, top, height, keyOf } = scroller.layout(count, source.prepended, follow)

  const [seenCount, setSeenCount] = useState(count)
  if (follow && seenCount !== count) setSeenCount(count)
  const unseen = follow ? 0 : Math.max(0, count - seenCount)

  useLayoutEffect(() => (box.current ? scroller.attach(box.current) : undefined), [scroller])
  useEffect(() => {
    scroller.setOnFollow(onFollow)
  }, [scroller, onFollow])
  useLayoutEffect(() => {
    if (!wrap) scroller.forgetHeights()
  }, [wrap, scroller])
  useLayoutEffect(() => {
    scroller.commit(rows.current?.children ?? [], wrap || open.size > 0)
  })
  useEffect(() => {
    if (end >= start) source.need(start, end)
  }, [source, start, end, count])

  const topSeq = source.line(first)?.seq
  useEffect(() => {
    if (topSeq !== undefined) onTop(topSeq)
  }, [topSeq, onTop])

  const ready = count > 0
  useEffect(() => {
    if (!target || !ready) return
    let current = true
    onFollow(false)
    void source.reach(target.seq).then(() => {
      if (current) scroller.jumpTo(source.indexOf(target.seq))
    })
    return () => {
      current = false
    }
  }, [target, ready, source, scroller, onFollow])

  // Where the bar is out of proportion the browser's own keys would not arrive.
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event
    if (key === 'End') onFollow(true)
    else if (key === 'Home') leave(-Infinity)
    else if (scroller.scaled && key === 'PageUp') leave(-1)
    else if (scroller.scaled && key === 'PageDown') leave(1)
    else return
    event.preventDefault()
  }
  const leave = (screens: number) => {
    onFollow(false)
    scroller.page(screens)
  }

  const toggle = useCallback((seq: number) => {
    setOpen((before) => {
      const after = new Set(before)
      if (!after.delete(seq)) after.add(seq)
      return after
    })
  }, [])

  const indexes = end < start ? [] : Array.from({ length: end - start + 1 }, (_, i) => start + i)
  return (
    <div className={cn('relative flex min-h-0 flex-col', className)}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- its keys only scroll */}
      <div
        ref={box}
        role="log"
        aria-live="off"
        aria-label="Linhas do log"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled area must be reachable by keyboard
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="min-h-0 flex-1 overflow-auto font-mono text-[12.5px] outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div className="relative" style={{ height }}>
          <div ref={rows} className={cn('absolute left-0 min-w-full', wrap ? 'w-full' : 'w-max')} style={{ top }}>
            {indexes.map((index) => {
              const line = source.line(index)
              return (
                <LogRow
                  key={keyOf(index)}
                  jobId={jobId}
                  line={line}
                  index={index}
                  wrap={wrap}
                  open={line !== undefined && open.has(line.seq)}
                  needle={needle}
                  previous={deltas ? (source.line(index - 1)?.timestamp ?? null) : null}
                  marked={line !== undefined && line.seq === target?.seq}
                  onToggle={toggle}
                  onLink={onLink}
                />
              )
            })}
          </div>
        </div>
      </div>
      {unseen > 0 && (
        <Button
          variant="primary"
          size="sm"
          className="absolute bottom-4 left-1/2 -translate-x-1/2 rounded-full shadow-pop"
          onClick={() => onFollow(true)}
        >
          <ArrowDown aria-hidden />
          {plural(unseen, 'nova linha', 'novas linhas')}
        </Button>
      )}
    </div>
  )
}
