import { type LucideIcon, Play, ScrollText } from 'lucide-react'

export interface NavItem {
  to: string
  label: string
  icon: LucideIcon
}

/** The menu: only pages that work. */
export const NAV: NavItem[] = [
  { to: '/etl', label: 'Executar', icon: Play },
  { to: '/logs', label: 'Logs', icon: ScrollText },
]
