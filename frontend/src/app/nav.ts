import { History, LayoutDashboard, type LucideIcon, Play, ScrollText, Settings, Wallet } from 'lucide-react'

export interface NavItem {
  to: string
  label: string
  icon: LucideIcon
}

/** The menu: only pages that work. */
export const NAV: NavItem[] = [
  { to: '/', label: 'Visão geral', icon: LayoutDashboard },
  { to: '/etl', label: 'Executar', icon: Play },
  { to: '/logs', label: 'Logs', icon: ScrollText },
  { to: '/jobs', label: 'Histórico', icon: History },
  { to: '/portfolio', label: 'Carteiras', icon: Wallet },
  { to: '/settings', label: 'Configurações', icon: Settings },
]
