import { LogOut, Menu as MenuIcon, Monitor, Moon, Search, Settings2, Sun, UserRound } from 'lucide-react'
import { NavLink } from 'react-router'
import { Button } from '@/components/ui/button'
import {
  Menu, MenuContent, MenuItem, MenuLabel, MenuRadioGroup, MenuRadioItem, MenuSeparator, MenuTrigger,
} from '@/components/ui/menu'
import { useLogout } from '@/features/auth/api/session'
import type { Usuario } from '@/lib/api/types'
import { useConnection } from '@/lib/live/socket'
import { usePalette } from '@/lib/palette'
import { papelLabel } from '@/lib/papel'
import { prefer } from '@/lib/preferences'
import { type Theme, useTheme } from '@/lib/theme'
import { cn } from '@/lib/utils'
import { NAV } from './nav'

const THEMES: { value: Theme; label: string; icon: typeof Sun }[] = [
  { value: 'light', label: 'Claro', icon: Sun },
  { value: 'dark', label: 'Escuro', icon: Moon },
  { value: 'system', label: 'Do sistema', icon: Monitor },
]

function Logo() {
  return (
    <span className="flex items-center gap-2.5 font-semibold tracking-tight">
      <img src="/favicon.svg" alt="" className="size-6" />
      ETL Hub
    </span>
  )
}

function LiveDot() {
  const state = useConnection((s) => s.state)
  const text = state === 'open' ? 'Ao vivo' : state === 'refused' ? 'Desconectado' : 'Conectando'
  return (
    <span className="flex items-center gap-2 text-xs text-subtle">
      <span
        aria-hidden
        className={cn('size-1.5 rounded-full', state === 'open' ? 'bg-success' : 'animate-pulse bg-warning')}
      />
      {text}
    </span>
  )
}

export function Sidebar({ me }: { me: Usuario }) {
  const openPalette = usePalette((s) => s.setOpen)
  return (
    <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col border-r bg-surface px-3 py-4 lg:flex">
      <div className="flex items-center justify-between px-2 pb-5">
        <Logo />
      </div>
      <button
        type="button"
        onClick={() => openPalette(true)}
        className="mb-4 flex h-8 items-center gap-2 rounded-md border px-2 text-[13px] text-subtle shadow-card transition-colors hover:bg-hover"
      >
        <Search className="size-4" aria-hidden />
        Buscar
        <kbd className="ml-auto rounded border bg-muted px-1 font-sans text-[11px]">Ctrl K</kbd>
      </button>
      <nav aria-label="Principal" className="flex flex-1 flex-col gap-0.5">
        {NAV.map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            to={to}
            end={to === '/'}
            className={({ isActive }) =>
              cn(
                'flex h-8 items-center gap-2.5 rounded-md px-2 text-[13px] font-medium transition-colors',
                isActive ? 'bg-muted text-foreground' : 'text-subtle hover:bg-hover hover:text-foreground',
              )
            }
          >
            <Icon className="size-4" aria-hidden />
            {label}
          </NavLink>
        ))}
      </nav>
      <div className="flex flex-col gap-3 px-2">
        <LiveDot />
        <UserMenu me={me}>
          <button
            type="button"
            className="-mx-2 flex items-center gap-2.5 rounded-md px-2 py-1.5 text-left transition-colors hover:bg-hover"
          >
            <span aria-hidden className="grid size-7 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent-text uppercase">
              {(me.nome || me.username).charAt(0)}
            </span>
            <span className="min-w-0 flex-1 leading-tight">
              <span className="block truncate text-[13px] font-medium">{me.nome || me.username}</span>
              <span className="block text-xs text-subtle">{papelLabel(me.papel)}</span>
              <span className="sr-only">Menu do usuário</span>
            </span>
          </button>
        </UserMenu>
      </div>
    </aside>
  )
}

export function MobileBar({ me }: { me: Usuario }) {
  return (
    <header className="sticky top-0 z-30 flex h-13 items-center gap-1 border-b bg-surface px-4 lg:hidden">
      <Logo />
      <nav aria-label="Principal" className="ml-auto flex items-center gap-0.5">
        {NAV.slice(0, 3).map(({ to, label, icon: Icon }) => (
          <NavLink
            key={to}
            to={to}
            end={to === '/'}
            aria-label={label}
            className={({ isActive }) =>
              cn(
                'flex h-9 items-center gap-2 rounded-md px-2.5 text-[13px] font-medium',
                isActive ? 'bg-muted text-foreground' : 'text-subtle',
              )
            }
          >
            <Icon className="size-4" aria-hidden />
          </NavLink>
        ))}
      </nav>
      <UserMenu me={me} withNav>
        <Button variant="ghost" size="icon" aria-label="Menu do usuário">
          <MenuIcon aria-hidden />
        </Button>
      </UserMenu>
    </header>
  )
}

interface UserMenuProps {
  me: Usuario
  withNav?: boolean
  children: React.ReactNode
}

function UserMenu({ me, withNav, children }: UserMenuProps) {
  const theme = useTheme((s) => s.theme)
  const logout = useLogout()
  return (
    <Menu>
      <MenuTrigger asChild>{children}</MenuTrigger>
      <MenuContent align="start">
        <MenuLabel className="flex items-center gap-2">
          <UserRound className="size-3.5" aria-hidden />
          {me.username} · {papelLabel(me.papel)}
        </MenuLabel>
        <MenuSeparator />
        {withNav &&
          NAV.map(({ to, label, icon: Icon }) => (
            <MenuItem key={to} asChild>
              <NavLink to={to} end={to === '/'}>
                <Icon aria-hidden />
                {label}
              </NavLink>
            </MenuItem>
          ))}
        {withNav && <MenuSeparator />}
        <MenuLabel>Aparência</MenuLabel>
        <MenuRadioGroup value={theme} onValueChange={(value) => void prefer({ tema: value as Theme })}>
          {THEMES.map(({ value, label, icon: Icon }) => (
            <MenuRadioItem key={value} value={value}>
              <Icon aria-hidden />
              {label}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        {me.papel === 'administrador' && (
          <MenuItem asChild>
            <a href="/admin/">
              <Settings2 aria-hidden />
              Administração
            </a>
          </MenuItem>
        )}
        <MenuItem onSelect={() => logout.mutate()}>
          <LogOut aria-hidden />
          Sair
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
