import { Card } from '@/components/ui/card'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { JobSistema } from '@/lib/api/types'
import { isoToBr } from '@/lib/dates'
import { plural } from '@/lib/format'

const SHOWN = 500

function shown(text: string | null | undefined): string {
  return text === '' || text == null ? '—' : text
}

/** What a dry-run says that a real run would fetch. */
export function PlanTable({ sistemas }: { sistemas: JobSistema[] }) {
  const items = sistemas.flatMap((s) => s.plano.map((item) => ({ nome: s.nome, ...item })))
  if (items.length === 0) return null
  return (
    <section aria-labelledby="plano" className="flex flex-col gap-2">
      <h2 id="plano" className="text-[13px] font-semibold">
        Plano da simulação
        <span className="ml-2 font-normal text-subtle">{plural(items.length, 'arquivo seria coletado', 'arquivos seriam coletados')}</span>
      </h2>
      <Card className="overflow-hidden">
        <Table label="Plano da simulação">
          <thead>
            <tr>
              <Th>Sistema</Th>
              <Th>Relatório</Th>
              <Th className="hidden sm:table-cell">Fundo</Th>
              <Th>Data</Th>
              <Th className="hidden md:table-cell">Destino</Th>
            </tr>
          </thead>
          <tbody>
            {items.slice(0, SHOWN).map((item, i) => (
              <Tr key={i}>
                <Td>{item.nome}</Td>
                <Td>{item.relatorio}</Td>
                <Td className="hidden sm:table-cell">{shown(item.fundo)}</Td>
                <Td className="tabular">{item.data ? isoToBr(item.data) : '—'}</Td>
                <Td className="hidden max-w-96 truncate text-subtle md:table-cell" title={item.destino ?? ''}>
                  {shown(item.destino)}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
        {items.length > SHOWN && (
          <p className="border-t px-4 py-2 text-xs text-subtle">Só os primeiros {SHOWN} são mostrados.</p>
        )}
      </Card>
    </section>
  )
}
