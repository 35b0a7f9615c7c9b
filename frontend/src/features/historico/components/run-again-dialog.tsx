import { useState } from 'react'
import { useNavigate } from 'react-router'
import { toast } from 'sonner'
import { DateField } from '@/components/date-field'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Modal } from '@/components/ui/dialog'
import { useExecute } from '@/lib/api/run'
import type { Job } from '@/lib/api/types'

interface RunAgainDialogProps {
  job: Job
  open: boolean
  onClose: () => void
}

/** Runs a former job again with other sistemas, dates or options. */
export function RunAgainDialog({ job, open, onClose }: RunAgainDialogProps) {
  const [sistemas, setSistemas] = useState(() => new Set(job.sistemas.map((s) => s.sistema_id)))
  const [start, setStart] = useState(job.data_inicial)
  const [end, setEnd] = useState(job.data_final)
  const [flags, setFlags] = useState({ dry_run: job.dry_run, limpar: job.limpar, baixar_de_novo: false })
  const execute = useExecute()
  const navigate = useNavigate()
  const backwards = start && end && end < start ? 'A data final é anterior à inicial.' : undefined

  const run = () => {
    const ids = job.sistemas.map((s) => s.sistema_id).filter((id) => sistemas.has(id))
    const opcoes = Object.fromEntries(
      job.sistemas.filter((s) => sistemas.has(s.sistema_id)).map((s) => [s.sistema_id, s.opcoes]),
    )
    execute.mutate(
      { sistemas: ids, opcoes, data_inicial: start, data_final: end, ...flags },
      {
        onSuccess: (result) => {
          toast.success(result.message)
          onClose()
          void navigate(`/jobs/${result.job_id}`)
        },
      },
    )
  }

  return (
    <Modal
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Executar com mudanças"
      description={`Parte dos parâmetros da execução ${job.id}.`}
      footer={
        <>
          <Button onClick={onClose}>Voltar</Button>
          <Button
            variant={flags.limpar && !flags.dry_run ? 'dangerSolid' : 'primary'}
            busy={execute.isPending}
            disabled={sistemas.size === 0 || !start || !end || backwards !== undefined}
            onClick={run}
          >
            {flags.limpar && !flags.dry_run ? 'Limpar e executar' : 'Executar'}
          </Button>
        </>
      }
    >
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-[13px] font-medium text-secondary">Sistemas</legend>
        {job.sistemas.map((s) => (
          <Check
            key={s.sistema_id}
            label={s.nome}
            checked={sistemas.has(s.sistema_id)}
            onChange={(on) => {
              const next = new Set(sistemas)
              if (on) next.add(s.sistema_id)
              else next.delete(s.sistema_id)
              setSistemas(next)
            }}
          />
        ))}
      </fieldset>
      <div className="grid grid-cols-2 gap-3">
        <DateField id="de-novo-inicial" label="Data inicial" value={start} onChange={setStart} holidays={[]} />
        <DateField id="de-novo-final" label="Data final" value={end} onChange={setEnd} holidays={[]} error={backwards} />
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-[13px] font-medium text-secondary">Opções</legend>
        <Check label="Simular" checked={flags.dry_run} onChange={(dry_run) => setFlags({ ...flags, dry_run })} />
        <Check
          label="Limpar antes (o que foi coletado vai para a lixeira)"
          checked={flags.limpar}
          onChange={(limpar) => setFlags({ ...flags, limpar })}
        />
        <Check
          label="Baixar de novo o que já foi coletado"
          checked={flags.baixar_de_novo}
          onChange={(baixar_de_novo) => setFlags({ ...flags, baixar_de_novo })}
        />
      </fieldset>
    </Modal>
  )
}

function Check({ label, checked, onChange }: { label: string; checked: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className="flex items-center gap-2.5 text-[13px]">
      <Checkbox checked={checked} onCheckedChange={(value) => onChange(value === true)} aria-label={label} />
      {label}
    </label>
  )
}
