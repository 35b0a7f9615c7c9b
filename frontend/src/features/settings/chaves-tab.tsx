import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Confirm } from '@/components/ui/confirm'
import { Empty } from '@/components/ui/empty'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { describeError } from '@/lib/api/client'
import type { Token } from '@/lib/api/types'
import { formatAgo, formatDateTime } from '@/lib/format'
import { papelLabel } from '@/lib/papel'
import { useRevokeToken, useTokens } from './api/account'
import { NewToken } from './components/new-token'

export function ChavesTab() {
  const { data, error, refetch } = useTokens()
  const [making, setMaking] = useState(false)
  const [leaving, setLeaving] = useState<Token | null>(null)
  const revoke = useRevokeToken()
  if (error) return <LoadError error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton className="h-48 rounded-xl" />
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-wrap items-center justify-between gap-3 border-b px-5 py-3">
        <p className="text-[13px] text-subtle">Chaves com que programas chamam a API em nome de um usuário.</p>
        <Button size="sm" onClick={() => setMaking(true)}>
          <Plus aria-hidden />
          Nova chave
        </Button>
      </div>
      {data.length === 0 ? (
        <Empty icon={KeyRound} title="Nenhuma chave" className="py-10">
          Crie uma para cada programa: assim uma se revoga sem parar as outras.
        </Empty>
      ) : (
        <Table label="Chaves de API">
          <thead>
            <tr>
              <Th>Nome</Th>
              <Th>Papel</Th>
              <Th className="hidden sm:table-cell">Último uso</Th>
              <Th className="hidden md:table-cell">Vale até</Th>
              <Th>
                <span className="sr-only">Ações</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {data.map((token) => (
              <Tr key={token.id}>
                <Td className="max-w-56">
                  <span className="block truncate font-medium">{token.nome}</span>
                  <span className="block truncate text-xs text-subtle">
                    <code className="font-mono">{token.prefixo}…</code> · {token.dono}
                  </span>
                </Td>
                <Td>{papelLabel(token.papel)}</Td>
                <Td className="hidden text-subtle sm:table-cell" title={formatDateTime(token.usado_em)}>
                  {formatAgo(token.usado_em)}
                </Td>
                <Td className="tabular hidden text-subtle md:table-cell">
                  {token.valido ? formatDateTime(token.expira_em) : <Badge tone="warning">Sem validade</Badge>}
                </Td>
                <Td className="w-0 text-right">
                  <Button size="sm" variant="ghost" className="text-danger" aria-label={`Revogar ${token.nome}`} onClick={() => setLeaving(token)}>
                    Revogar
                  </Button>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
      {making && <NewToken onClose={() => setMaking(false)} />}
      <Confirm
        open={leaving !== null}
        title="Revogar a chave?"
        action="Revogar"
        onCancel={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) {
            revoke.mutate(leaving.id, {
              onSuccess: (result) => toast.success(result.message),
              onError: (e) => toast.error(describeError(e)),
            })
          }
          setLeaving(null)
        }}
      >
        Os programas que usam <strong className="text-foreground">{leaving?.nome}</strong> deixam de funcionar na hora.
      </Confirm>
    </Card>
  )
}
