import { Play, ScrollText } from 'lucide-react'
import { memo } from 'react'
import { Link } from 'react-router'
import { SistemaIcon } from '@/components/sistema-icon'
import { SistemaBadge } from '@/components/status-badge'
import { Button } from '@/components/ui/button'
import { Progress } from '@/components/ui/progress'
import { Switch } from '@/components/ui/switch'
import type { JobSistema, Sistema } from '@/lib/api/types'
import { useCodePrompt } from '@/lib/code-prompt'
import { formatAgo, formatDateTime } from '@/lib/format'
import { isActive, type Shown, shownStatus, useLive } from '@/lib/live/status'
import { opcaoLabel } from '@/lib/opcoes'
import { cn } from '@/lib/utils'
import { useOpcao, useToggle } from '../api/sistemas'
import { describePace } from '../pace'

interface SistemaCardProps {
  sistema: Sistema
  canRun: boolean
  onRun: (id: string) => void
  starting: boolean
  now: number
  /** Its part in each job that runs or waits, by the job's number. */
  parts: ReadonlyMap<number, JobSistema> | undefined
  /** Seconds that it usually takes. */
  expected: number | null
  /** Which funds it takes; "" where it has no list of them. */
  funds: string
}

const BAR = { IDLE: 'neutral', RUNNING: 'accent', SUCCESS: 'success', ERROR: 'danger', CANCELLED: 'neutral' } as const

export const SistemaCard = memo(function SistemaCard({ sistema, canRun, onRun, starting, now, parts, expected, funds }: SistemaCardProps) {
  const live = useLive((s) => s.sistemas[sistema.id])
  const shown = shownStatus(sistema, live)
  const active = isActive(shown)
  const execution = shown.jobId === null ? undefined : parts?.get(shown.jobId)
  const place = shown.posicaoFila ?? execution?.posicao_fila ?? 0
  const toggle = useToggle()
  const reopenCode = useCodePrompt((s) => s.reopen)
  const { id, nome, ativo } = sistema
  return (
    <article
      aria-labelledby={`sistema-${id}`}
      data-testid={`sistema-${id}`}
      data-status={shown.status}
      data-estado={shown.estado ?? ''}
      className={cn(
        'flex min-w-0 flex-col rounded-xl border p-4 transition-colors',
        ativo ? 'bg-surface shadow-card' : 'border-dashed bg-transparent',
      )}
    >
      <div className="flex items-start gap-3">
        <span
          className={cn(
            'grid size-9 shrink-0 place-items-center rounded-lg',
            ativo ? 'bg-accent-soft text-accent-text' : 'bg-muted text-subtle',
          )}
        >
          <SistemaIcon name={sistema.icone} className="size-[18px]" />
        </span>
        <div className="min-w-0 flex-1">
          <h3 id={`sistema-${id}`} className={cn('truncate text-sm font-semibold', !ativo && 'text-subtle')}>
            {nome}
          </h3>
          <p className="line-clamp-2 text-xs text-subtle sm:line-clamp-1" title={sistema.descricao}>
            {sistema.descricao}
          </p>
        </div>
        <Switch
          checked={ativo}
          disabled={!canRun}
          onCheckedChange={(value) => toggle.mutate({ id, ativo: value })}
          aria-label={`Incluir ${nome} na execução`}
        />
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1.5 pl-12 empty:hidden">
        <Opcoes sistema={sistema} disabled={!canRun} />
        {funds && (
          <Link
            to={`/settings/fundos?sistema=${id}`}
            className="text-xs text-subtle underline-offset-4 hover:text-foreground hover:underline"
          >
            {funds}
          </Link>
        )}
      </div>
      <div className="mt-auto pt-3">
        <div className="flex h-7 items-center gap-1">
          <SistemaBadge status={shown.status} estado={shown.estado} />
          {shown.codigo && active && canRun && (
            <Button size="sm" variant="primary" onClick={reopenCode}>
              Informar código
            </Button>
          )}
          <span className="flex-1" />
          {shown.jobId !== null && (
            <Button asChild variant="ghost" size="iconSm" aria-label={`Ver logs de ${nome}`} title="Ver logs">
              <Link to={`/logs/${shown.jobId}`}>
                <ScrollText aria-hidden />
              </Link>
            </Button>
          )}
          {canRun && (
            <Button
              variant="ghost"
              size="iconSm"
              aria-label={`Executar só ${nome}`}
              title={ativo ? 'Executar só este' : 'Inclua o sistema para executá-lo'}
              disabled={!ativo || active || starting}
              onClick={() => onRun(id)}
            >
              <Play aria-hidden />
            </Button>
          )}
        </div>
        <Progress
          value={shown.status === 'IDLE' ? 0 : shown.progresso}
          tone={BAR[shown.status]}
          label={`Progresso de ${nome}`}
          className="mt-1.5"
        />
        <div className="mt-2 flex items-baseline gap-3 text-xs text-subtle">
          <p
            data-testid={`mensagem-${id}`}
            className={cn('min-w-0 flex-1', shown.status === 'ERROR' ? 'line-clamp-3 text-danger' : 'truncate')}
            title={shown.mensagem}
          >
            {active && place > 1 ? `${place}º na fila` : message(shown, active)}
          </p>
          <span className="tabular shrink-0" title={sistema.ultima_execucao ? formatDateTime(sistema.ultima_execucao) : ''}>
            {active
              ? describePace({ ...shown, elapsed: elapsedOf(shown, execution, now), expected })
              : sistema.ultima_execucao && formatAgo(sistema.ultima_execucao, now)}
          </span>
        </div>
      </div>
    </article>
  )
})

function elapsedOf(shown: Shown, execution: JobSistema | undefined, now: number): number | null {
  if (!execution?.started_at || shown.status !== 'RUNNING') return null
  return Math.max(0, Math.round((now - new Date(execution.started_at).getTime()) / 1000))
}

function message(shown: Shown, active: boolean): string {
  return shown.mensagem || (shown.status === 'IDLE' && !active ? 'Nada em andamento' : '')
}

function Opcoes({ sistema, disabled }: { sistema: Sistema; disabled: boolean }) {
  const change = useOpcao()
  const opcoes = Object.entries(sistema.opcoes)
  if (opcoes.length === 0) return null
  return (
    <div role="group" aria-label={`Opções de ${sistema.nome}`} className="flex flex-wrap gap-1.5">
      {opcoes.map(([opcao, on]) => (
        <button
          key={opcao}
          type="button"
          aria-pressed={on}
          disabled={disabled}
          onClick={() => change.mutate({ id: sistema.id, opcao, valor: !on })}
          className={cn(
            'h-6 rounded-md border px-2 text-xs font-medium transition-colors disabled:cursor-not-allowed',
            on
              ? 'border-accent/40 bg-accent-soft text-accent-text'
              : 'border-border text-subtle line-through decoration-1 hover:bg-hover',
          )}
        >
          {opcaoLabel(opcao)}
        </button>
      ))}
    </div>
  )
}
