import { useEffect, useRef } from 'react'
import { NavLink, Outlet, useLocation } from 'react-router'
import { Page } from '@/components/ui/page'
import { useCan } from '@/lib/api/queries'
import { useTitle } from '@/lib/title'
import { cn } from '@/lib/utils'

const TABS = [
  { to: 'credenciais', label: 'Credenciais' },
  { to: 'caminhos', label: 'Caminhos' },
  { to: 'fundos', label: 'Fundos' },
  { to: 'chaves', label: 'Chaves de API' },
  { to: 'preferencias', label: 'Preferências' },
]

export function SettingsPage() {
  useTitle('Configurações')
  const canEdit = useCan('administrador')
  const { pathname } = useLocation()
  const tabs = useRef<HTMLElement>(null)
  // On a phone the tabs scroll sideways: the one that is open is brought into view.
  useEffect(() => {
    tabs.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [pathname])
  return (
    <Page
      title="Configurações"
      subtitle={canEdit ? undefined : 'Você pode ver tudo; para alterar é preciso ser administrador.'}
    >
      <nav ref={tabs} aria-label="Configurações" className="max-w-5xl -mx-4 flex gap-1 overflow-x-auto border-b px-4 sm:mx-0 sm:px-0">
        {TABS.map(({ to, label }) => (
          <NavLink
            key={to}
            to={to}
            className={({ isActive }) =>
              cn(
                '-mb-px flex h-9 shrink-0 items-center border-b-2 px-3 text-[13px] font-medium transition-colors',
                isActive ? 'border-accent text-foreground' : 'border-transparent text-subtle hover:text-foreground',
              )
            }
          >
            {label}
          </NavLink>
        ))}
      </nav>
      <div className="max-w-5xl">
        <Outlet />
      </div>
    </Page>
  )
}
