import { Command } from 'cmdk'
import { KeyRound, type LucideIcon, Monitor, Moon, Play, ScrollText, Search, Square, Sun } from 'lucide-react'
import { useNavigate } from 'react-router'
import { NAV } from '@/app/nav'
import { SistemaIcon } from '@/components/sistema-icon'
import { useCan, useJobs, useSistemas } from '@/lib/api/queries'
import { useCancel } from '@/lib/api/run'
import { formatDateTime } from '@/lib/format'
import { isJobActive, jobTitle } from '@/lib/jobs'
import { usePalette } from '@/lib/palette'
import { prefer } from '@/lib/preferences'
import { foldText } from '@/lib/text'
import type { Theme } from '@/lib/theme'

const RECENT = 10
const THEMES: { value: Theme; label: string; icon: LucideIcon }[] = [
  { value: 'light', label: 'Tema claro', icon: Sun },
  { value: 'dark', label: 'Tema escuro', icon: Moon },
  { value: 'system', label: 'Tema do sistema', icon: Monitor },
]
const ITEM =
  'flex h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 text-[13px] data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-subtle'
const GROUP =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-subtle'

/** Words without accents find words with them. */
function filter(value: string, search: string): number {
  return foldText(search)
    .split(/\s+/)
    .every((word) => foldText(value).includes(word))
    ? 1
    : 0
}

/** Everything by name: pages, sistemas, recent jobs, actions. */
export function CommandPalette() {
  const setOpen = usePalette((s) => s.setOpen)
  const navigate = useNavigate()
  const sistemas = useSistemas().data ?? []
  const jobs = useJobs({ limit: RECENT }).data?.jobs ?? []
  const canRun = useCan('operador')
  const cancel = useCancel()
  const then = (action: () => void) => () => {
    setOpen(false)
    action()
  }
  const go = (to: string) => then(() => void navigate(to))
  return (
    <Command.Dialog
      open
      onOpenChange={setOpen}
      label="Paleta de comandos"
      filter={filter}
      loop
      overlayClassName="fixed inset-0 z-40 bg-black/40"
      contentClassName="animate-enter fixed top-[15vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border bg-raised shadow-pop"
    >
      <div className="flex items-center gap-2.5 border-b px-4">
        <Search className="size-4 text-subtle" aria-hidden />
        <Command.Input
          placeholder="Ir para, executar, procurar…"
          className="h-12 flex-1 bg-transparent text-sm outline-none placeholder:text-subtle"
        />
      </div>
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-8 text-center text-[13px] text-subtle">Nada encontrado.</Command.Empty>
        <Command.Group heading="Páginas" className={GROUP}>
          {NAV.map(({ to, label, icon: Icon }) => (
            <Command.Item key={to} value={`Ir para ${label}`} onSelect={go(to)} className={ITEM}>
              <Icon aria-hidden />
              {label}
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Execuções recentes" className={GROUP}>
          {jobs.map((job) => (
            <Command.Item key={job.id} value={`Execução ${job.id} ${jobTitle(job)} ${formatDateTime(job.created_at)}`} onSelect={go(`/jobs/${job.id}`)} className={ITEM}>
              <ScrollText aria-hidden />
              <span className="truncate">{jobTitle(job)}</span>
              <span className="tabular ml-auto shrink-0 text-xs text-subtle">
                nº {job.id} · {formatDateTime(job.created_at)}
              </span>
            </Command.Item>
          ))}
          {canRun &&
            jobs.filter(isJobActive).map((job) => (
              <Command.Item key={`c${job.id}`} value={`Cancelar execução ${job.id} ${jobTitle(job)}`} onSelect={then(() => cancel.mutate(job.id))} className={ITEM}>
                <Square aria-hidden />
                Cancelar execução {job.id}
              </Command.Item>
            ))}
        </Command.Group>
        <Command.Group heading="Sistemas" className={GROUP}>
          {sistemas.map((s) => (
            <Command.Item key={s.id} value={`Histórico de ${s.nome}`} onSelect={go(`/jobs?sistema=${s.id}`)} className={ITEM}>
              <SistemaIcon name={s.icone} />
              Histórico de {s.nome}
            </Command.Item>
          ))}
          {sistemas.map((s) => (
            <Command.Item key={`k${s.id}`} value={`Credenciais de ${s.nome}`} onSelect={go(`/settings/credenciais?sistema=${s.id}`)} className={ITEM}>
              <KeyRound aria-hidden />
              Credenciais de {s.nome}
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Ações" className={GROUP}>
          {canRun && (
            <Command.Item value="Executar sistemas nova execução" onSelect={go('/etl')} className={ITEM}>
              <Play aria-hidden />
              Nova execução
            </Command.Item>
          )}
          {THEMES.map(({ value, label, icon: Icon }) => (
            <Command.Item key={value} value={label} onSelect={then(() => void prefer({ tema: value }))} className={ITEM}>
              <Icon aria-hidden />
              {label}
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  )
}
