import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { Checkbox } from '@/components/ui/checkbox'
import type { Fundo } from '@/lib/api/types'

const ROW_PX = 36

interface FundListProps {
  funds: Fundo[]
  disabled: boolean
  onToggle: (nome: string, selecionado: boolean) => void
}

/** Thousands of funds, of which only those in sight exist. */
export function FundList({ funds, disabled, onToggle }: FundListProps) {
  const box = useRef<HTMLDivElement>(null)
  // eslint-disable-next-line react-hooks/incompatible-library -- its result stays in this component
  const rows = useVirtualizer({
    count: funds.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  })
  return (
    <div
      ref={box}
      role="group"
      aria-label="Fundos"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled area must be reachable by keyboard
      tabIndex={0}
      className="max-h-[28rem] overflow-y-auto outline-offset-[-2px]"
    >
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const fund = funds[row.index]
          if (!fund) return null
          return (
            <label
              key={fund.nome}
              className="absolute inset-x-0 flex items-center gap-3 border-b px-4 text-[13px] hover:bg-hover"
              style={{ top: row.start, height: ROW_PX }}
            >
              <Checkbox
                checked={fund.selecionado}
                disabled={disabled}
                onCheckedChange={(value) => onToggle(fund.nome, value === true)}
                aria-label={fund.nome}
              />
              <span className="truncate">{fund.nome}</span>
            </label>
          )
        })}
      </div>
    </div>
  )
}
