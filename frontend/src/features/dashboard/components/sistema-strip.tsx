import { Link } from 'react-router'
import { SistemaIcon } from '@/components/sistema-icon'
import { SistemaBadge } from '@/components/status-badge'
import { Card } from '@/components/ui/card'
import type { Sistema, Stats } from '@/lib/api/types'
import { formatAgo, formatDateTime } from '@/lib/format'
import { shownStatus, useLive } from '@/lib/live/status'

interface SistemaStripProps {
  sistemas: Sistema[]
  stats: Stats['por_sistema'] | undefined
  now: number
}

/** Every sistema at a glance: how it stands, and how old its last good run is. */
export function SistemaStrip({ sistemas, stats, now }: SistemaStripProps) {
  const live = useLive((s) => s.sistemas)
  const byId = new Map(stats?.map((s) => [s.id, s]))
  return (
    <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-4">
      {sistemas.map((s) => {
        const shown = shownStatus(s, live[s.id])
        const good = byId.get(s.id)?.ultima_boa ?? null
        return (
          <li key={s.id}>
            <Card className="relative flex items-center gap-3 px-3.5 py-3 transition-colors hover:bg-hover">
              <SistemaIcon name={s.icone} className="size-4 shrink-0 text-subtle" />
              <div className="min-w-0 flex-1">
                <Link to={`/jobs?sistema=${s.id}`} className="block truncate text-[13px] font-medium after:absolute after:inset-0">
                  {s.nome}
                </Link>
                <p className="truncate text-xs text-subtle" title={good ? formatDateTime(good) : ''}>
                  {good ? `Última boa ${formatAgo(good, now)}` : stats ? 'Nenhuma execução boa' : s.descricao}
                </p>
              </div>
              <SistemaBadge status={shown.status} estado={shown.estado} />
            </Card>
          </li>
        )
      })}
    </ul>
  )
}
