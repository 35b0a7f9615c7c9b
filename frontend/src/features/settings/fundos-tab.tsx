import { FolderTree, Layers, Search, Upload } from 'lucide-react'
import { useDeferredValue, useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { Input, NativeSelect } from '@/components/ui/input'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { Switch } from '@/components/ui/switch'
import { useCan, useSistemas } from '@/lib/api/queries'
import type { Fundos } from '@/lib/api/types'
import { formatInteger, plural } from '@/lib/format'
import { foldText } from '@/lib/text'
import { useFundos, useSelectFundos, useUsarTodos } from './api/funds'
import { DePara } from './components/de-para'
import { FundList } from './components/fund-list'
import { ImportDialog } from './components/import-dialog'

export function FundosTab() {
  const [search, setSearch] = useSearchParams()
  const { data, error, refetch } = useFundos()
  const { data: sistemas } = useSistemas()
  if (error) return <LoadError error={error} retry={() => void refetch()} />
  if (!data || !sistemas) return <Skeleton className="h-96 rounded-xl" />
  const wanted = search.get('sistema')
  const id = wanted && wanted in data ? wanted : (sistemas.find((s) => (data[s.id]?.total ?? 0) > 0)?.id ?? sistemas[0]?.id)
  const fundos = id ? data[id] : undefined
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <NativeSelect
          aria-label="Sistema"
          value={id ?? ''}
          onChange={(e) => setSearch({ sistema: e.target.value }, { replace: true })}
          className="w-64 max-sm:w-full"
        >
          {sistemas.map((s) => (
            <option key={s.id} value={s.id}>
              {`${s.nome} (${formatInteger(data[s.id]?.total ?? 0)})`}
            </option>
          ))}
        </NativeSelect>
      </div>
      {id && fundos && <FundsOfSistema key={id} sistemaId={id} fundos={fundos} nome={sistemas.find((s) => s.id === id)?.nome ?? id} />}
      <section aria-labelledby="de-para" className="flex flex-col gap-2">
        <h2 id="de-para" className="flex items-center gap-2 text-[13px] font-semibold">
          <FolderTree className="size-4 text-subtle" aria-hidden />
          De-Para: pasta de cada fundo
        </h2>
        <DePara />
      </section>
    </div>
  )
}

function FundsOfSistema({ sistemaId, fundos, nome }: { sistemaId: string; fundos: Fundos; nome: string }) {
  const canEdit = useCan('administrador')
  const [typed, setTyped] = useState('')
  const [importing, setImporting] = useState(false)
  const text = useDeferredValue(foldText(typed.trim()))
  const select = useSelectFundos(sistemaId)
  const useAll = useUsarTodos(sistemaId)
  const shown = useMemo(
    () => (text ? fundos.fundos.filter((f) => foldText(f.nome).includes(text)) : fundos.fundos),
    [fundos.fundos, text],
  )
  const selected = fundos.fundos.filter((f) => f.selecionado).length
  const setShown = (selecionado: boolean) =>
    select.mutate({ nomes: shown.filter((f) => f.selecionado !== selecionado).map((f) => f.nome), selecionado })
  const locked = !canEdit || fundos.usar_todos
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3 border-b px-4 py-3">
        <label htmlFor="usar-todos" className="flex items-center gap-2.5 text-[13px] font-medium">
          <Switch id="usar-todos" checked={fundos.usar_todos} disabled={!canEdit} onCheckedChange={(on) => useAll.mutate(on)} />
          Coletar todos os fundos
        </label>
        <span className="text-xs text-subtle" role="status">
          {fundos.usar_todos
            ? 'A seleção abaixo fica guardada, mas não é usada.'
            : `${formatInteger(selected)} de ${plural(fundos.total, 'fundo selecionado', 'fundos selecionados')}`}
        </span>
        {canEdit && (
          <Button size="sm" className="ml-auto" onClick={() => setImporting(true)}>
            <Upload aria-hidden />
            Importar planilha
          </Button>
        )}
      </div>
      {fundos.total === 0 ? (
        <Empty icon={Layers} title="Nenhum fundo na lista">
          {nome} não tem lista de fundos: a coleta traz o que o portal oferecer.
        </Empty>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2.5">
            <div className="relative min-w-48 flex-1 max-sm:basis-full">
              <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-subtle" aria-hidden />
              <Input
                aria-label="Buscar fundo"
                placeholder="Buscar fundo"
                value={typed}
                onChange={(e) => setTyped(e.target.value)}
                className="pl-8"
              />
            </div>
            <Button size="sm" variant="ghost" disabled={locked} onClick={() => setShown(true)}>
              {text ? 'Selecionar encontrados' : 'Selecionar todos'}
            </Button>
            <Button size="sm" variant="ghost" disabled={locked} onClick={() => setShown(false)}>
              {text ? 'Desmarcar encontrados' : 'Nenhum'}
            </Button>
          </div>
          {shown.length === 0 ? (
            <p className="px-4 py-8 text-center text-[13px] text-subtle">Nenhum fundo com “{typed}”.</p>
          ) : (
            <FundList funds={shown} disabled={locked} onToggle={(n, selecionado) => select.mutate({ nomes: [n], selecionado })} />
          )}
        </>
      )}
      {importing && (
        <ImportDialog
          where={{ sistemaId }}
          title={`Importar fundos de ${nome}`}
          description="Os nomes são lidos de uma coluna da planilha e acrescentados à lista."
          onClose={() => setImporting(false)}
        />
      )}
    </Card>
  )
}
