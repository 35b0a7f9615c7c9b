import { FolderTree, Upload } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { Input } from '@/components/ui/input'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { useCan } from '@/lib/api/queries'
import { formatInteger, plural } from '@/lib/format'
import { foldText } from '@/lib/text'
import { useDePara } from '../api/funds'
import { ImportDialog } from './import-dialog'

const SHOWN = 100

/** Which folder each fund's PDFs are filed in. */
export function DePara() {
  const { data, error, refetch } = useDePara()
  const canEdit = useCan('administrador')
  const [typed, setTyped] = useState('')
  const [importing, setImporting] = useState(false)
  if (error) return <LoadError error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-32 rounded-xl" />
  const text = foldText(typed.trim())
  const found = text ? data.itens.filter((i) => foldText(`${i.fundo} ${i.pasta}`).includes(text)) : data.itens
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
          <Button size="sm" className="ml-auto" onClick={() => setImporting(true)}>
            <Upload aria-hidden />
            Importar De-Para
          </Button>
        )}
      </div>
      {data.total === 0 ? (
        <Empty icon={FolderTree} title="A tabela está vazia" className="py-8">
          Sem ela, os PDFs ficam na pasta configurada, sem subpasta por fundo.
        </Empty>
      ) : (
        <Table label="De-Para">
          <thead>
            <tr>
              <Th>Fundo</Th>
              <Th>Pasta</Th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, SHOWN).map((item) => (
              <Tr key={item.fundo}>
                <Td className="py-1.5">{item.fundo}</Td>
                <Td className="py-1.5 font-mono text-xs break-all text-subtle">{item.pasta}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
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
    </Card>
  )
}
