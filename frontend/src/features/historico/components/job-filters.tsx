import { X } from 'lucide-react'
import { DateField } from '@/components/date-field'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import { useSistemas } from '@/lib/api/queries'
import type { JobStatus } from '@/lib/api/types'
import { JOB_STATUS } from '@/lib/jobs'
import type { JobFilters } from '../lib/filters'

interface JobFilterBarProps {
  filters: JobFilters
  onChange: (change: Partial<JobFilters>) => void
}

export function JobFilterBar({ filters, onChange }: JobFilterBarProps) {
  const { data: sistemas } = useSistemas()
  const any = filters.status || filters.sistema || filters.de || filters.ate
  return (
    <div role="search" aria-label="Filtrar execuções" className="flex flex-wrap items-center gap-2">
      <NativeSelect
        aria-label="Situação"
        value={filters.status}
        onChange={(e) => onChange({ status: e.target.value as JobStatus | '' })}
        className="w-44 max-sm:flex-1"
      >
        <option value="">Todas as situações</option>
        {Object.entries(JOB_STATUS).map(([value, { text }]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </NativeSelect>
      <NativeSelect
        aria-label="Sistema"
        value={filters.sistema}
        onChange={(e) => onChange({ sistema: e.target.value })}
        className="w-44 max-sm:flex-1"
      >
        <option value="">Todos os sistemas</option>
        {(sistemas ?? []).map((s) => (
          <option key={s.id} value={s.id}>
            {s.nome}
          </option>
        ))}
      </NativeSelect>
      <div className="flex items-center gap-1.5 text-[13px] text-subtle max-sm:w-full">
        <DateField
          id="pedidas-de"
          label="Pedidas de"
          hideLabel
          value={filters.de || null}
          onChange={(de) => onChange({ de: de ?? '' })}
          holidays={[]}
          className="w-36 max-sm:flex-1"
        />
        até
        <DateField
          id="pedidas-ate"
          label="Pedidas até"
          hideLabel
          value={filters.ate || null}
          onChange={(ate) => onChange({ ate: ate ?? '' })}
          holidays={[]}
          className="w-36 max-sm:flex-1"
        />
      </div>
      {any && (
        <Button variant="ghost" onClick={() => onChange({ status: '', sistema: '', de: '', ate: '' })}>
          <X aria-hidden />
          Limpar filtros
        </Button>
      )}
    </div>
  )
}
