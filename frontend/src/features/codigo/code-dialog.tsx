import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Modal } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/input'
import { api, describeError } from '@/lib/api/client'
import { useCan, useSistemas } from '@/lib/api/queries'
import type { CommandResult } from '@/lib/api/types'
import { formatDuration } from '@/lib/format'
import { isActive, type LiveStatus, useLive } from '@/lib/live/status'
import { useNow } from '@/lib/use-now'
import { useCodePrompt } from '@/lib/code-prompt'

/** Asks the analyst for the one-time code that a portal wants in the middle of a run. */
export function CodeDialog() {
  const live = useLive((s) => s.sistemas)
  const canRun = useCan('operador')
  const dismissed = useCodePrompt((s) => s.dismissed)
  const dismiss = useCodePrompt((s) => s.dismiss)
  const asked = Object.entries(live).find(
    ([, status]) => status.codigo && isActive(status) && dismissed !== status.executionId,
  )
  if (!asked || !canRun) return null
  const [sistemaId, status] = asked
  return (
    <CodeForm
      key={`${status.executionId}-${status.codigoDesde}`}
      sistemaId={sistemaId}
      status={status}
      onClose={() => dismiss(status.executionId)}
    />
  )
}

interface CodeFormProps {
  sistemaId: string
  status: LiveStatus
  onClose: () => void
}

function CodeForm({ sistemaId, status, onClose }: CodeFormProps) {
  const { data: sistemas } = useSistemas()
  const nome = sistemas?.find((s) => s.id === sistemaId)?.nome ?? sistemaId
  const [value, setValue] = useState('')
  const now = useNow(1000)
  const answer = useMutation({
    mutationFn: (cancelar: boolean) =>
      api<CommandResult>(`/jobs/${status.jobId}/codigo`, {
        method: 'POST',
        body: { execution_id: status.executionId, valor: cancelar ? '' : value.trim(), cancelar },
      }),
    onSuccess: (result) => {
      toast.success(result.message)
      onClose()
    },
  })
  const left = (status.codigo?.prazo ?? 0) - (now - status.codigoDesde) / 1000
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    answer.mutate(false)
  }
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${nome} pede um código`}
      description={status.codigo?.mensagem}
      className="max-w-sm"
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Código"
          htmlFor="codigo"
          error={answer.error ? describeError(answer.error) : undefined}
          hint={left > 0 ? `Expira em ${formatDuration(Math.ceil(left))}` : 'O prazo terminou.'}
        >
          <Input
            id="codigo"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            maxLength={64}
            value={value}
            onChange={(e) => setValue(e.target.value)}
            aria-describedby="codigo-nota"
            className="h-10 font-mono text-lg tracking-[0.3em]"
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button variant="ghost" disabled={answer.isPending} onClick={() => answer.mutate(true)}>
            Recusar
          </Button>
          <Button type="submit" variant="primary" busy={answer.isPending} disabled={!value.trim()}>
            Enviar código
          </Button>
        </div>
      </form>
    </Modal>
  )
}
