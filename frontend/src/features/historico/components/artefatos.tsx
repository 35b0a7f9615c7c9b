import { Download, FileText } from 'lucide-react'
import { useState } from 'react'
import { Badge, type Tone } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { LoadError } from '@/components/ui/page'
import { Pager } from '@/components/ui/pager'
import { Skeleton } from '@/components/ui/skeleton'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import type { Artefato } from '@/lib/api/types'
import { isoToBr } from '@/lib/dates'
import { formatBytes, formatInteger } from '@/lib/format'
import { ARTEFATOS_PAGE, useArtefatos } from '../api/jobs'

const SITUACAO: Record<Artefato['situacao'], { text: string; tone: Tone }> = {
  novo: { text: 'Novo', tone: 'success' },
  inalterado: { text: 'Inalterado', tone: 'neutral' },
  quarentena: { text: 'Quarentena', tone: 'danger' },
  lixeira: { text: 'Na lixeira', tone: 'warning' },
}

interface ArtefatosProps {
  jobId: number
  names: ReadonlyMap<string, string>
  version: string
  active: boolean
}

/** The files that a job collected. */
export function Artefatos({ jobId, names, version, active }: ArtefatosProps) {
  const [page, setPage] = useState(1)
  const { data, error, isPending, refetch } = useArtefatos(jobId, page, version)
  return (
    <section aria-labelledby="arquivos" className="flex flex-col gap-2">
      <h2 id="arquivos" className="text-[13px] font-semibold">
        Arquivos coletados
        {data && <span className="ml-2 font-normal text-subtle">{formatInteger(data.total)}</span>}
      </h2>
      {error && <LoadError error={error} retry={() => void refetch()} />}
      {isPending && <Skeleton className="h-40 rounded-xl" />}
      {data && (
        <Card className="overflow-hidden">
          {data.total === 0 ? (
            <Empty icon={FileText} title={active ? 'Nenhum arquivo ainda' : 'Nenhum arquivo'} className="py-8">
              {active ? 'Aparecem aqui à medida que os sistemas terminam.' : 'Esta execução não coletou arquivos.'}
            </Empty>
          ) : (
            <Table label="Arquivos coletados">
              <thead>
                <tr>
                  <Th>Arquivo</Th>
                  <Th className="hidden lg:table-cell">Fundo</Th>
                  <Th className="hidden md:table-cell">Data</Th>
                  <Th className="hidden text-right sm:table-cell">Tamanho</Th>
                  <Th>Situação</Th>
                  <Th>
                    <span className="sr-only">Ações</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {data.artefatos.map((a) => (
                  <ArtefatoRow key={a.id} artefato={a} sistema={names.get(a.sistema) ?? a.sistema} />
                ))}
              </tbody>
            </Table>
          )}
        </Card>
      )}
      {data && data.total > ARTEFATOS_PAGE && (
        <Pager page={page} pageSize={ARTEFATOS_PAGE} total={data.total} onPage={setPage} />
      )}
    </section>
  )
}

function ArtefatoRow({ artefato: a, sistema }: { artefato: Artefato; sistema: string }) {
  const { text, tone } = SITUACAO[a.situacao]
  return (
    <Tr>
      <Td className="max-w-0 min-w-36 sm:w-1/2">
        <span className="block font-medium break-all sm:truncate" title={a.nome}>
          {a.nome}
        </span>
        <span className="block truncate text-xs text-subtle" title={`SHA-256 ${a.sha256}`}>
          {[sistema, a.relatorio].filter(Boolean).join(' · ')}
        </span>
        {a.motivo && <span className="block text-xs text-danger max-sm:break-words sm:truncate" title={a.motivo}>{a.motivo}</span>}
      </Td>
      <Td className="hidden max-w-56 truncate lg:table-cell">{a.fundo || '—'}</Td>
      <Td className="tabular hidden whitespace-nowrap md:table-cell">{isoToBr(a.data) || '—'}</Td>
      <Td className="tabular hidden text-right whitespace-nowrap sm:table-cell">{formatBytes(a.tamanho)}</Td>
      <Td>
        <Badge tone={tone}>{text}</Badge>
      </Td>
      <Td className="w-0 text-right">
        {a.situacao !== 'lixeira' && (
          <Button asChild size="iconSm" variant="ghost" aria-label={`Baixar ${a.nome}`} title="Baixar">
            <a href={`/api/artefatos/${a.id}/download`} download>
              <Download aria-hidden />
            </a>
          </Button>
        )}
      </Td>
    </Tr>
  )
}
