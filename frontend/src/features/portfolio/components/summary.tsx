import { Card } from '@/components/ui/card'
import { useSistemas } from '@/lib/api/queries'
import type { Portfolio } from '@/lib/api/types'
import { isoToBr } from '@/lib/dates'
import { formatInteger, formatMoney, formatMoneyShort, formatPercent } from '@/lib/format'
import { CLASSES } from '../lib/classes'

/** The fund (or all of them) in figures, and the share of each class. */
export function Summary({ portfolio }: { portfolio: Portfolio }) {
  const { data: sistemas } = useSistemas()
  const one = portfolio.fundo ? portfolio.fundos.find((f) => f.fundo === portfolio.fundo) : undefined
  const funds = one ? [one] : portfolio.fundos
  const total = funds.reduce((sum, f) => sum + f.patrimonio, 0)
  const facts: [string, string][] = one
    ? [
        ['Patrimônio', formatMoney(one.patrimonio)],
        ['Cota', one.cota === null ? '—' : one.cota.toLocaleString('pt-BR', { maximumFractionDigits: 8 })],
        ['Data da carteira', isoToBr(one.data)],
        ['Origem', sistemas?.find((s) => s.id === one.sistema)?.nome ?? one.sistema],
      ]
    : [
        ['Patrimônio somado', formatMoneyShort(total)],
        ['Fundos', formatInteger(funds.length)],
        ['Data', isoToBr(portfolio.data)],
      ]
  const shares = CLASSES.map((c) => ({ ...c, value: funds.reduce((sum, f) => sum + f.composicao[c.id], 0) })).filter(
    (c) => c.value !== 0,
  )
  return (
    <Card className="flex flex-col gap-4 p-4">
      <dl className="grid grid-cols-2 gap-4 sm:flex sm:flex-wrap sm:gap-x-12">
        {facts.map(([label, value], i) => (
          <div key={label} className={i === 0 ? 'max-sm:col-span-2' : ''}>
            <dt className="text-xs text-subtle">{label}</dt>
            <dd className={i === 0 ? 'tabular mt-0.5 text-xl font-semibold tracking-tight' : 'tabular mt-1.5 text-[13px]'}>{value}</dd>
          </div>
        ))}
      </dl>
      <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-[13px]">
        {shares.map((c) => (
          <li key={c.id} className="flex items-center gap-2">
            <span aria-hidden className="size-2.5 rounded-xs" style={{ background: c.color }} />
            <span className="text-subtle">{c.nome}</span>
            <span className="tabular font-medium">{total ? formatPercent(c.value / total, 1) : '—'}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
