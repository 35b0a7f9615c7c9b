import { FolderTree, Plus, Upload } from 'lucide-react'
import { useDeferredValue, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Confirm } from '@/components/ui/confirm'
import { Empty } from '@/components/ui/empty'
import { Input } from '@/components/ui/input'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { Table, Th } from '@/components/ui/table'
import { describeError } from '@/lib/api/client'
import { useCan } from '@/lib/api/queries'
import type { DeParaRow } from '@/lib/api/types'
import { formatInteger, plural } from '@/lib/format'
import { foldText } from '@/lib/text'
import { useDeleteDePara, useDePara } from '../api/de-para'
import { Editor, Row } from './de-para-row'
import { ImportDialog } from './import-dialog'

const SHOWN = 100

/** Which folder each fund's PDFs are filed in: looked up, changed, imported. */
export function DePara() {
  const { data, error, refetch } = useDePara()
  const canEdit = useCan('administrador')
  const [typed, setTyped] = useState('')
  const [importing, setImporting] = useState(false)
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<DeParaRow | null>(null)
  const addButton = useRef<HTMLButtonElement>(null)
  const remove = useDeleteDePara()
  const text = useDeferredValue(foldText(typed.trim()))
  if (error) return <LoadError error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-32 rounded-xl" />
  const found = text ? data.itens.filter((i) => foldText(`${i.fundo} ${i.pasta}`).includes(text)) : data.itens
  const stopAdding = () => {
    flushSync(() => setAdding(false))
    addButton.current?.focus()
  }
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2.5">
        {data.total > 0 && (
          <Input
            aria-label="Buscar no De-Para"
            placeholder="Buscar fundo ou pasta"
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
            className="max-w-xs flex-1"
          />
        )}
        <span className="text-xs text-subtle">{plural(data.total, 'fundo', 'fundos')}</span>
        {canEdit && (
          <div className="ml-auto flex flex-wrap gap-2">
            <Button ref={addButton} size="sm" disabled={adding} onClick={() => setAdding(true)}>
              <Plus aria-hidden />
              Adicionar fundo
            </Button>
            <Button size="sm" onClick={() => setImporting(true)}>
              <Upload aria-hidden />
              Importar De-Para
            </Button>
          </div>
        )}
      </div>
      {data.total === 0 && !adding ? (
        <Empty icon={FolderTree} title="A tabela está vazia" className="py-8">
          Sem ela, os PDFs ficam na pasta configurada, sem subpasta por fundo.
        </Empty>
      ) : (
        <Table label="De-Para">
          <thead>
            <tr>
              <Th>Fundo</Th>
              <Th>Pasta</Th>
              {canEdit && (
                <Th>
                  <span className="sr-only">Ações</span>
                </Th>
              )}
            </tr>
          </thead>
          <tbody>
            {adding && <Editor row={null} onClose={stopAdding} />}
            {found.slice(0, SHOWN).map((item) => (
              <Row key={item.id} item={item} canEdit={canEdit} onDelete={setLeaving} />
            ))}
          </tbody>
        </Table>
      )}
      {text && found.length === 0 && (
        <p className="px-4 py-6 text-center text-[13px] text-subtle">Nenhum fundo ou pasta com “{typed.trim()}”.</p>
      )}
      {found.length > SHOWN && (
        <p className="border-t px-4 py-2 text-xs text-subtle">
          {formatInteger(SHOWN)} de {formatInteger(found.length)}; use a busca para ver os demais.
        </p>
      )}
      {importing && (
        <ImportDialog
          where="de-para"
          title="Importar De-Para"
          description="Uma planilha com o fundo numa coluna e a pasta na outra."
          onClose={() => setImporting(false)}
        />
      )}
      <Confirm
        open={leaving !== null}
        title="Apagar do De-Para?"
        action="Apagar"
        onCancel={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) {
            remove.mutate(leaving, {
              onSuccess: (result) => {
                toast.success(result.message)
                // The button that had the focus is gone with its row.
                addButton.current?.focus()
              },
              onError: (e) => toast.error(describeError(e)),
            })
          }
          setLeaving(null)
        }}
      >
        Os próximos PDFs de <strong className="text-foreground">{leaving?.fundo}</strong> ficarão na pasta configurada, sem
        subpasta. Os arquivos já guardados ficam onde estão.
      </Confirm>
    </Card>
  )
}
