import { Download, Pause, Play, Timer, WrapText } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import type { LogLevel } from '@/lib/api/types'
import { downloadUrl, type LineFilter } from '../api/lines'

const LEVELS: { value: LogLevel; label: string }[] = [
  { value: 'DEBUG', label: 'Depuração' },
  { value: 'INFO', label: 'Informação' },
  { value: 'SUCCESS', label: 'Sucesso' },
  { value: 'WARN', label: 'Aviso' },
  { value: 'ERROR', label: 'Erro' },
]

interface LogToolbarProps {
  jobId: number
  filter: LineFilter
  onFilter: (change: Partial<LineFilter>) => void
  /** One name a line. */
  sistemas: string
  wrap: boolean
  onWrap: (wrap: boolean) => void
  deltas: boolean
  onDeltas: (deltas: boolean) => void
  follow: boolean
  onFollow: (follow: boolean) => void
  children: React.ReactNode
}

export function LogToolbar(props: LogToolbarProps) {
  const { jobId, filter, onFilter, sistemas, wrap, onWrap, deltas, onDeltas, follow, onFollow, children } = props
  return (
    <div className="flex flex-wrap items-center gap-2">
      {children}
      <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
        <NativeSelect
          aria-label="Nível"
          value={filter.level}
          onChange={(e) => onFilter({ level: e.target.value as LogLevel | '' })}
          className="w-40 max-sm:min-w-0 max-sm:flex-1"
        >
          <option value="">Todos os níveis</option>
          {LEVELS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </NativeSelect>
        <NativeSelect
          aria-label="Sistema"
          value={filter.sistema}
          onChange={(e) => onFilter({ sistema: e.target.value })}
          className="w-44 max-sm:min-w-0 max-sm:flex-1"
        >
          <option value="">Todos os sistemas</option>
          {(sistemas ? sistemas.split('\n') : []).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </NativeSelect>
        <span aria-hidden className="basis-full sm:hidden" />
        <Button
          size="icon"
          variant={wrap ? 'secondary' : 'ghost'}
          aria-pressed={wrap}
          aria-label="Quebrar linhas longas"
          title="Quebrar linhas longas"
          onClick={() => onWrap(!wrap)}
        >
          <WrapText aria-hidden />
        </Button>
        <Button
          size="icon"
          variant={deltas ? 'secondary' : 'ghost'}
          aria-pressed={deltas}
          aria-label="Tempo entre linhas"
          title="Tempo entre linhas"
          onClick={() => onDeltas(!deltas)}
        >
          <Timer aria-hidden />
        </Button>
        <Button asChild size="icon" variant="ghost" aria-label="Baixar o log" title="Baixar o log">
          <a href={downloadUrl(jobId)} download>
            <Download aria-hidden />
          </a>
        </Button>
        <Button aria-pressed={follow} onClick={() => onFollow(!follow)} className="w-28 max-sm:flex-1">
          {follow ? <Pause aria-hidden /> : <Play aria-hidden />}
          {follow ? 'Pausar' : 'Acompanhar'}
        </Button>
      </div>
    </div>
  )
}
