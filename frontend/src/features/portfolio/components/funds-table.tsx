import { Card } from '@/components/ui/card'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { CarteiraTotal } from '@/lib/api/types'
import { isoToBr } from '@/lib/dates'
import { formatMoney } from '@/lib/format'
import { CLASSES } from '../lib/classes'

interface FundsTableProps {
  funds: CarteiraTotal[]
  onFund: (fundo: string) => void
}

/** Every fund with its patrimônio and how it is made up. */
export function FundsTable({ funds, onFund }: FundsTableProps) {
  return (
    <Card className="overflow-hidden">
      <Table label="Fundos">
        <thead>
          <tr>
            <Th>Fundo</Th>
            <Th className="hidden md:table-cell">Composição</Th>
            <Th className="text-right">Patrimônio</Th>
            <Th className="hidden text-right sm:table-cell">Data</Th>
          </tr>
        </thead>
        <tbody>
          {funds.map((f) => (
            <Tr key={f.fundo} className="relative">
              <Td className="max-w-72">
                <button
                  type="button"
                  onClick={() => onFund(f.fundo)}
                  className="block max-w-full truncate text-left font-medium after:absolute after:inset-0"
                >
                  {f.fundo}
                </button>
              </Td>
              <Td className="hidden w-72 md:table-cell">
                <CompositionBar fund={f} />
              </Td>
              <Td className="tabular text-right whitespace-nowrap">{formatMoney(f.patrimonio)}</Td>
              <Td className="tabular hidden text-right sm:table-cell">{isoToBr(f.data)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  )
}

function CompositionBar({ fund }: { fund: CarteiraTotal }) {
  const owned = CLASSES.map((c) => ({ ...c, value: Math.max(fund.composicao[c.id], 0) })).filter((c) => c.value > 0)
  const total = owned.reduce((sum, c) => sum + c.value, 0)
  const text = owned.map((c) => `${c.nome} ${Math.round((c.value / total) * 100)}%`).join(', ')
  return (
    <span role="img" aria-label={text} title={text} className="flex h-2 gap-px overflow-hidden rounded-full">
      {owned.map((c) => (
        <span key={c.id} style={{ background: c.color, width: `${(c.value / total) * 100}%` }} />
      ))}
    </span>
  )
}
