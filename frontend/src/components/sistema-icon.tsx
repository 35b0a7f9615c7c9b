import {
  BarChart3, Boxes, Briefcase, Building2, ChartLine, CircleDollarSign, Cloud, Database, FileArchive, FileCode, FileSpreadsheet,
  FileText, Folder, Globe, HardDrive, Landmark, Layers, type LucideIcon, Map as MapIcon, PieChart, Server, Shield,
  Table, TrendingUp, Users, Wallet,
} from 'lucide-react'

// The catalogue's icons and the likely ones; all of lucide's names would weigh more than the rest of the page.
const ICONS: Record<string, LucideIcon> = {
  BarChart3, Boxes, Briefcase, Building2, ChartLine, CircleDollarSign, Cloud, Database, FileArchive, FileCode, FileSpreadsheet,
  FileText, Folder, Globe, HardDrive, Landmark, Layers, Map: MapIcon, PieChart, Server, Shield, Table, TrendingUp,
  Users, Wallet,
}

export function SistemaIcon({ name, className }: { name: string; className?: string }) {
  const Icon = ICONS[name] ?? Layers
  return <Icon className={className} aria-hidden />
}
