import { useMutation } from '@tanstack/react-query'
import { Monitor, Moon, Sun } from 'lucide-react'
import { toast } from 'sonner'
import { Card } from '@/components/ui/card'
import { Switch } from '@/components/ui/switch'
import { api, describeError } from '@/lib/api/client'
import { keys, queryClient, useCan, useConfig } from '@/lib/api/queries'
import type { CommandResult, Config } from '@/lib/api/types'
import { useLogWrap } from '@/lib/log-wrap'
import { allowNotify, canNotify, useNotify } from '@/lib/notify'
import { prefer } from '@/lib/preferences'
import { type Theme, useTheme } from '@/lib/theme'
import { cn } from '@/lib/utils'
import { PasswordForm } from './components/password-form'
import { SegurancaPanel } from './seguranca-panel'

const THEMES: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: 'light', label: 'Claro', icon: Sun },
  { value: 'dark', label: 'Escuro', icon: Moon },
  { value: 'system', label: 'Do sistema', icon: Monitor },
]

export function PreferenciasTab() {
  const theme = useTheme((s) => s.theme)
  const wrap = useLogWrap((s) => s.wrap)
  const { wanted, allowed } = useNotify()
  const changeNotify = async (on: boolean) => {
    if (!on || (await allowNotify())) await prefer({ avisos: on })
    else toast.error('O navegador não permitiu as notificações. Libere-as nas permissões deste site.')
  }
  return (
    <div className="flex flex-col gap-4">
      <Card className="divide-y">
        <div className="flex flex-wrap items-center justify-between gap-3 px-5 py-4">
          <Text title="Aparência" hint="Vale para você, em qualquer computador." />
          <div role="radiogroup" aria-label="Aparência" className="flex rounded-lg border p-0.5">
            {THEMES.map(({ value, label, icon: Icon }) => (
              <label
                key={value}
                className={cn(
                  'relative flex h-7 items-center gap-1.5 rounded-md px-2.5 text-[13px]',
                  theme === value ? 'bg-muted font-medium' : 'text-subtle hover:text-foreground',
                )}
              >
                {/* The browser's own, for its arrow keys; above the label, which is what is seen of it. */}
                <input
                  type="radio"
                  name="tema"
                  aria-label={label}
                  checked={theme === value}
                  onChange={() => void prefer({ tema: value })}
                  className="absolute inset-0 size-full cursor-pointer appearance-none rounded-md"
                />
                <Icon className="size-3.5" aria-hidden />
                {label}
              </label>
            ))}
          </div>
        </div>
        <Option
          id="pref-avisos"
          title="Avisar quando uma execução terminar"
          hint={
            !canNotify()
              ? 'Este navegador não tem notificações da área de trabalho.'
              : wanted && !allowed
                ? 'Você as quer, mas este navegador ainda não permite: ligue aqui e confirme.'
                : 'Notificação da área de trabalho, quando esta página não está à vista.'
          }
          checked={wanted && allowed}
          disabled={!canNotify()}
          onChange={(on) => void changeNotify(on)}
        />
        <Option
          id="pref-quebra"
          title="Quebrar linhas longas nos logs"
          hint="Em vez de rolar para o lado."
          checked={wrap}
          onChange={(on) => void prefer({ quebrar_linhas: on })}
        />
      </Card>
      <DefaultPeriod />
      <SegurancaPanel />
      <PasswordForm />
    </div>
  )
}

/** Whether a run without a period is for D-1: a setting of the hub, for everyone. */
function DefaultPeriod() {
  const canEdit = useCan('administrador')
  const { data } = useConfig()
  const save = useMutation({
    mutationFn: (usarD1Anbima: boolean) =>
      api<CommandResult>('/config', { method: 'POST', body: { periodo: { ...data?.periodo, usarD1Anbima } } }),
    onMutate: (usarD1Anbima) => {
      queryClient.setQueryData<Config>(keys.config, (c) => c && { ...c, periodo: { ...c.periodo, usarD1Anbima } })
    },
    onError: (error) => toast.error(describeError(error)),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.config }),
  })
  if (!data) return null
  return (
    <Card>
      <Option
        id="pref-d1"
        title="Período padrão: D-1 pelo calendário ANBIMA"
        hint="Vale para todos os usuários. Desligado, o padrão é o último período salvo."
        checked={data.periodo.usarD1Anbima}
        disabled={!canEdit || save.isPending}
        onChange={(on) => save.mutate(on)}
      />
    </Card>
  )
}

function Text({ title, hint }: { title: string; hint: string }) {
  return (
    <span className="min-w-0">
      <span className="block text-[13px] font-medium">{title}</span>
      <span className="block text-xs text-subtle">{hint}</span>
    </span>
  )
}

interface OptionProps {
  id: string
  title: string
  hint: string
  checked: boolean
  disabled?: boolean
  onChange: (on: boolean) => void
}

function Option({ id, title, hint, checked, disabled = false, onChange }: OptionProps) {
  return (
    <div className="flex items-center justify-between gap-4 px-5 py-4">
      <label htmlFor={id} className="min-w-0">
        <Text title={title} hint={hint} />
      </label>
      <Switch id={id} checked={checked} disabled={disabled} onCheckedChange={onChange} />
    </div>
  )
}
