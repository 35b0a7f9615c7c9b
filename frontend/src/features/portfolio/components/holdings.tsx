import { ArrowDown, ArrowUp, ChevronsUpDown, Download } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Input, NativeSelect } from '@/components/ui/input'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { Classe, Portfolio } from '@/lib/api/types'
import { formatInteger, formatMoney, formatPercent, plural } from '@/lib/format'
import { cn } from '@/lib/utils'
import { exportUrl } from '../api/portfolio'
import { CLASSES, classeOf } from '../lib/classes'
import { arrange, nextSort, type Sort, type SortKey } from '../lib/holdings'

const STEP = 100
const COLUMNS: { key: SortKey; label: string; number?: true; className?: string }[] = [
  { key: 'ativo', label: 'Ativo' },
  { key: 'classe', label: 'Classe', className: 'hidden sm:table-cell' },
  { key: 'quantidade', label: 'Quantidade', number: true, className: 'hidden lg:table-cell' },
  { key: 'preco', label: 'Preço', number: true, className: 'hidden lg:table-cell' },
  { key: 'valor', label: 'Valor', number: true },
  { key: 'percentual', label: '% do PL', number: true, className: 'hidden sm:table-cell' },
]

const amount = (n: number | null, digits: number): string =>
  n === null ? '—' : n.toLocaleString('pt-BR', { maximumFractionDigits: digits })

/** What the fund holds on the date: sorted, filtered, exported. */
export function Holdings({ portfolio }: { portfolio: Portfolio }) {
  const [text, setText] = useState('')
  const [classe, setClasse] = useState<Classe | ''>('')
  const [sort, setSort] = useState<Sort>({ key: 'valor', descending: true })
  const [shown, setShown] = useState(STEP)
  const needle = useDeferredValue(text)
  const rows = useMemo(() => arrange(portfolio.carteira, needle, classe, sort), [portfolio.carteira, needle, classe, sort])
  const cut = portfolio.carteira_total - portfolio.carteira.length
  const present = new Set(portfolio.carteira.map((p) => p.classe))
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-2 border-b px-4 py-3">
        <h2 className="mr-auto text-[13px] font-semibold">
          Carteira
          <span className="ml-2 font-normal text-subtle">{plural(portfolio.carteira_total, 'posição', 'posições')}</span>
        </h2>
        <Input
          aria-label="Buscar ativo"
          placeholder="Buscar ativo"
          value={text}
          onChange={(e) => setText(e.target.value)}
          className="w-48 max-sm:flex-1"
        />
        <NativeSelect aria-label="Classe" value={classe} onChange={(e) => setClasse(e.target.value as Classe | '')} className="w-44 max-sm:flex-1">
          <option value="">Todas as classes</option>
          {CLASSES.filter((c) => present.has(c.id)).map((c) => (
            <option key={c.id} value={c.id}>
              {c.nome}
            </option>
          ))}
        </NativeSelect>
        <Menu>
          <MenuTrigger asChild>
            <Button>
              <Download aria-hidden />
              Exportar
            </Button>
          </MenuTrigger>
          <MenuContent align="end">
            <MenuItem asChild>
              <a href={exportUrl('xlsx', portfolio)} download>
                Planilha (XLSX)
              </a>
            </MenuItem>
            <MenuItem asChild>
              <a href={exportUrl('csv', portfolio)} download>
                Texto (CSV)
              </a>
            </MenuItem>
          </MenuContent>
        </Menu>
      </div>
      <Table label="Carteira">
        <thead>
          <tr>
            {COLUMNS.map((c) => (
              <SortHeader key={c.key} column={c} sort={sort} onSort={() => setSort(nextSort(sort, c.key))} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((p, i) => (
            <Tr key={`${p.classe}-${p.ativo}-${i}`}>
              <Td className="max-w-64 py-2 max-sm:w-full max-sm:max-w-0">
                <span className="block max-sm:break-words sm:truncate" title={p.ativo}>
                  {p.ativo}
                </span>
                <span className="block text-xs text-subtle sm:hidden">
                  {classeOf(p.classe).nome}
                  {p.percentual !== null && ` · ${formatPercent(p.percentual / 100, 1)}`}
                </span>
              </Td>
              <Td className="hidden py-2 whitespace-nowrap sm:table-cell">
                <span aria-hidden className="mr-2 inline-block size-2 rounded-xs" style={{ background: classeOf(p.classe).color }} />
                {classeOf(p.classe).nome}
              </Td>
              <Td className="tabular hidden py-2 text-right lg:table-cell">{amount(p.quantidade, 4)}</Td>
              <Td className="tabular hidden py-2 text-right lg:table-cell">{amount(p.preco, 6)}</Td>
              <Td className={cn('tabular py-2 text-right whitespace-nowrap', p.valor < 0 && 'text-danger')}>{formatMoney(p.valor)}</Td>
              <Td className="tabular hidden py-2 text-right sm:table-cell">
                {p.percentual === null ? '—' : formatPercent(p.percentual / 100, 2)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {rows.length === 0 && <p className="px-4 py-8 text-center text-[13px] text-subtle">Nenhuma posição corresponde.</p>}
      {(rows.length > shown || cut > 0) && (
        <div className="flex items-center gap-3 border-t px-4 py-2 text-xs text-subtle">
          {rows.length > shown && (
            <Button size="sm" variant="ghost" onClick={() => setShown(shown + STEP)}>
              Mostrar mais {formatInteger(Math.min(STEP, rows.length - shown))}
            </Button>
          )}
          {cut > 0 && <span>As {formatInteger(cut)} menores posições estão só na exportação.</span>}
        </div>
      )}
    </Card>
  )
}

interface SortHeaderProps {
  column: (typeof COLUMNS)[number]
  sort: Sort
  onSort: () => void
}

function SortHeader({ column, sort, onSort }: SortHeaderProps) {
  const active = sort.key === column.key
  const Icon = active ? (sort.descending ? ArrowDown : ArrowUp) : ChevronsUpDown
  return (
    <Th
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      className={cn(column.number && 'text-right', column.className)}
    >
      <button
        type="button"
        onClick={onSort}
        className={cn('inline-flex items-center gap-1 rounded hover:text-foreground', active && 'text-foreground')}
      >
        {column.label}
        <Icon className={cn('size-3', !active && 'opacity-50')} aria-hidden />
      </button>
    </Th>
  )
}
