import { ShieldAlert } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import type { SecondFactor } from '@/lib/api/types'
import { formatDateTime } from '@/lib/format'
import { useNewRecoveryCodes, useSecondFactor, useSwitchOff } from './api/second-factor'
import { EnrolDialog } from './components/enrol-dialog'
import { IdentityDialog } from './components/identity-dialog'
import { RecoveryCodesDialog } from './components/recovery-codes'

type Open = 'ligar' | 'codigos' | 'desligar' | null

/** The second factor of whoever is logged in: on, off, new recovery codes. */
export function SegurancaPanel() {
  const { data } = useSecondFactor()
  const [open, setOpen] = useState<Open>(null)
  if (!data) return <Skeleton className="h-24" />
  const close = () => setOpen(null)
  return (
    <Card className="flex flex-col gap-3 p-5">
      <h2 className="text-[13px] font-semibold">Segurança</h2>
      {data.exigido && !data.ativo && (
        <p role="alert" className="flex items-start gap-2 rounded-md bg-warning-soft px-3 py-2 text-[13px] text-warning">
          <ShieldAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          Administradores precisam do segundo fator neste hub. Até você ligar o seu, valem as permissões de operador.
        </p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="flex items-center gap-2 text-[13px] font-medium">
            Segundo fator
            <Badge tone={data.ativo ? 'success' : 'neutral'}>{data.ativo ? 'Ligado' : 'Desligado'}</Badge>
          </p>
          <p className="mt-0.5 text-xs text-subtle">{hint(data)}</p>
        </div>
        {data.disponivel && (
          <div className="flex flex-wrap gap-2">
            {!data.ativo && (
              <Button variant="primary" onClick={() => setOpen('ligar')}>
                Ligar o segundo fator
              </Button>
            )}
            {data.ativo && <Button onClick={() => setOpen('codigos')}>Novos códigos de recuperação</Button>}
            {data.ativo && !data.exigido && (
              <Button variant="danger" onClick={() => setOpen('desligar')}>
                Desligar
              </Button>
            )}
          </div>
        )}
      </div>
      {open === 'ligar' && <EnrolDialog onClose={close} />}
      {open === 'codigos' && <NewCodes onClose={close} />}
      {open === 'desligar' && <SwitchOff onClose={close} />}
    </Card>
  )
}

function hint(state: SecondFactor): string {
  if (!state.disponivel) return 'Seu login é pelo provedor da empresa, que tem o segundo fator dele.'
  if (!state.ativo) return 'Além da senha, um código do aplicativo autenticador no seu celular.'
  const left = state.codigos_restantes === 1 ? '1 código de recuperação' : `${state.codigos_restantes} códigos de recuperação`
  return `Desde ${formatDateTime(state.desde)}. Restam ${left}.`
}

function NewCodes({ onClose }: { onClose: () => void }) {
  const make = useNewRecoveryCodes()
  if (make.data) return <RecoveryCodesDialog codes={make.data.codigos} onClose={onClose} />
  return (
    <IdentityDialog
      title="Novos códigos de recuperação"
      description="Os códigos que você guardou antes deixam de valer."
      action="Criar códigos"
      error={make.error}
      busy={make.isPending}
      onSubmit={(identity) => make.mutate(identity)}
      onClose={onClose}
    />
  )
}

function SwitchOff({ onClose }: { onClose: () => void }) {
  const off = useSwitchOff()
  return (
    <IdentityDialog
      title="Desligar o segundo fator?"
      description="A senha sozinha volta a bastar para entrar como você."
      action="Desligar"
      danger
      error={off.error}
      busy={off.isPending}
      onSubmit={(identity) =>
        off.mutate(identity, {
          onSuccess: (result) => {
            toast.success(result.message)
            onClose()
          },
        })
      }
      onClose={onClose}
    />
  )
}
