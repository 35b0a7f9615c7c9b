import { useState } from 'react'
import { Badge, type Tone } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { NativeSelect } from '@/components/ui/input'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { Comparacao } from '@/lib/api/types'
import { isoToBr } from '@/lib/dates'
import { formatMoney, formatPercent } from '@/lib/format'
import { cn } from '@/lib/utils'
import { useComparacao } from '../api/portfolio'

type Ativo = Comparacao['ativos'][number]

const SHOWN = 60
const SITUACAO: Record<Ativo['situacao'], { text: string; tone: Tone }> = {
  novo: { text: 'Entrou', tone: 'success' },
  saiu: { text: 'Saiu', tone: 'danger' },
  alterado: { text: 'Mudou', tone: 'info' },
  igual: { text: 'Igual', tone: 'neutral' },
}

interface DifferenceProps {
  fundo: string
  /** Newest first. */
  dates: string[]
}

/** What changed in a fund between two dates. */
export function Difference({ fundo, dates }: DifferenceProps) {
  const [from, setFrom] = useState(dates[1] ?? null)
  const [to, setTo] = useState(dates[0] ?? null)
  const { data, error, refetch } = useComparacao(fundo, from, to)
  const changed = data?.ativos.filter((a) => a.situacao !== 'igual') ?? []
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-2 px-4 py-3">
        <h2 className="mr-auto text-[13px] font-semibold">Diferença entre duas datas</h2>
        <DateChoice label="De" value={from} dates={dates} onChange={setFrom} />
        <span className="text-[13px] text-subtle">a</span>
        <DateChoice label="Até" value={to} dates={dates} onChange={setTo} />
      </div>
      {error && <LoadError error={error} retry={() => void refetch()} className="m-4 mt-0" />}
      {from === to && <p className="border-t px-4 py-6 text-center text-[13px] text-subtle">Escolha duas datas diferentes.</p>}
      {!data && !error && from !== to && <Skeleton className="mx-4 mb-4 h-32" />}
      {data && from !== to && (
        <>
          <dl className="grid grid-cols-2 gap-4 border-t px-4 py-3">
            <Change label="Patrimônio" change={data.patrimonio} money />
            <Change label="Cota" change={data.cota} />
          </dl>
          {changed.length === 0 ? (
            <p className="border-t px-4 py-6 text-center text-[13px] text-subtle">Nenhum ativo mudou.</p>
          ) : (
            <div className="border-t">
              <Table label="Ativos que mudaram">
                <thead>
                  <tr>
                    <Th>Ativo</Th>
                    <Th className="hidden sm:table-cell">O que houve</Th>
                    <Th className="hidden text-right md:table-cell">Antes</Th>
                    <Th className="hidden text-right md:table-cell">Depois</Th>
                    <Th className="text-right">Variação</Th>
                  </tr>
                </thead>
                <tbody>
                  {changed.slice(0, SHOWN).map((a) => (
                    <Tr key={`${a.classe}-${a.ativo}`}>
                      <Td className="max-w-64 truncate py-2" title={a.ativo}>
                        {a.ativo}
                      </Td>
                      <Td className="hidden py-2 sm:table-cell">
                        <Badge tone={SITUACAO[a.situacao].tone}>{SITUACAO[a.situacao].text}</Badge>
                      </Td>
                      <Td className="tabular hidden py-2 text-right md:table-cell">{formatMoney(a.valor_de)}</Td>
                      <Td className="tabular hidden py-2 text-right md:table-cell">{formatMoney(a.valor_ate)}</Td>
                      <Td className={cn('tabular py-2 text-right whitespace-nowrap', a.variacao < 0 ? 'text-danger' : 'text-success')}>
                        {signed(a.variacao)}
                      </Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
              {changed.length > SHOWN && <p className="border-t px-4 py-2 text-xs text-subtle">As {SHOWN} maiores mudanças.</p>}
            </div>
          )}
        </>
      )}
    </Card>
  )
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${formatMoney(value)}`
}

interface ChangeProps {
  label: string
  change: Comparacao['patrimonio']
  money?: boolean
}

function Change({ label, change, money }: ChangeProps) {
  const text = (n: number): string => (money ? formatMoney(n) : n.toLocaleString('pt-BR', { maximumFractionDigits: 8 }))
  const { variacao, percentual } = change
  return (
    <div>
      <dt className="text-xs text-subtle">{label}</dt>
      <dd className="tabular mt-1 text-[13px]">
        {variacao === null ? (
          '—'
        ) : (
          <span className={variacao < 0 ? 'text-danger' : 'text-success'}>
            {variacao > 0 && '+'}
            {text(variacao)}
            {percentual !== null && ` (${formatPercent(percentual / 100, 3)})`}
          </span>
        )}
      </dd>
    </div>
  )
}

interface DateChoiceProps {
  label: string
  value: string | null
  dates: string[]
  onChange: (date: string) => void
}

function DateChoice({ label, value, dates, onChange }: DateChoiceProps) {
  return (
    <NativeSelect aria-label={label} value={value ?? ''} onChange={(e) => onChange(e.target.value)} className="tabular w-36">
      {dates.map((d) => (
        <option key={d} value={d}>
          {isoToBr(d)}
        </option>
      ))}
    </NativeSelect>
  )
}
