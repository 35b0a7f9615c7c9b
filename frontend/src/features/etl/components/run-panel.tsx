import { Play } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Switch } from '@/components/ui/switch'
import { plural } from '@/lib/format'
import { useRunForm } from '../run-form'
import type { PeriodState } from '../use-period'
import { PeriodPanel } from './period-panel'

interface RunPanelProps {
  period: PeriodState
  selected: number
  canRun: boolean
  starting: boolean
  onRun: () => void
}

/** How the next run is to be, and the button that starts it (at the bottom of the screen on a phone). */
export function RunPanel({ period, selected, canRun, starting, onRun }: RunPanelProps) {
  const { dryRun, clean, again, set } = useRunForm()
  const wrong = Boolean(period.errors.start ?? period.errors.end)
  return (
    <Card className="flex flex-col gap-5 p-4">
      <PeriodPanel period={period} disabled={!canRun} />
      <section aria-labelledby="opcoes-execucao" className="flex flex-col gap-3 border-t pt-4">
        <h2 id="opcoes-execucao" className="text-[13px] font-semibold">
          Opções da execução
        </h2>
        <Choice
          id="dry-run"
          label="Simular"
          hint="Mostra o que seria coletado, sem baixar nada."
          checked={dryRun}
          disabled={!canRun}
          onChange={(value) => set({ dryRun: value })}
        />
        <Choice
          id="limpar"
          label="Limpar antes"
          hint="Move para a lixeira o que foi coletado antes."
          checked={clean}
          disabled={!canRun}
          onChange={(value) => set({ clean: value })}
        />
        <Choice
          id="baixar-de-novo"
          label="Baixar de novo"
          hint="Baixa também o que já foi coletado."
          checked={again}
          disabled={!canRun}
          onChange={(value) => set({ again: value })}
        />
      </section>
      {canRun ? (
        <div className="max-xl:fixed max-xl:inset-x-0 max-xl:bottom-0 max-xl:z-20 max-xl:border-t max-xl:bg-surface max-xl:p-3 max-xl:pb-[max(0.75rem,env(safe-area-inset-bottom))]">
          <Button
            variant="primary"
            size="lg"
            className="w-full"
            busy={starting}
            disabled={selected === 0 || wrong}
            onClick={onRun}
          >
            {!starting && <Play aria-hidden />}
            {selected === 0 ? 'Selecione um sistema' : `${dryRun ? 'Simular' : 'Executar'} ${plural(selected, 'sistema', 'sistemas')}`}
          </Button>
        </div>
      ) : (
        <p className="rounded-lg bg-muted px-3 py-2 text-xs text-subtle">
          Seu papel é de visualização: para executar é preciso ser operador.
        </p>
      )}
    </Card>
  )
}

interface ChoiceProps {
  id: string
  label: string
  hint: string
  checked: boolean
  disabled: boolean
  onChange: (value: boolean) => void
}

function Choice({ id, label, hint, checked, disabled, onChange }: ChoiceProps) {
  return (
    <div className="flex items-start justify-between gap-3">
      <label htmlFor={id} className="min-w-0">
        <span className="block text-[13px] text-secondary">{label}</span>
        <span id={`${id}-nota`} className="block text-xs text-subtle">
          {hint}
        </span>
      </label>
      <Switch id={id} checked={checked} disabled={disabled} onCheckedChange={onChange} aria-describedby={`${id}-nota`} />
    </div>
  )
}
