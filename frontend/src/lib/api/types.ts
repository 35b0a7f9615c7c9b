/** What the hub says, as the contract writes it. Field names are literal. */

export type Papel = 'visualizador' | 'operador' | 'administrador'
export type SistemaStatus = 'IDLE' | 'RUNNING' | 'SUCCESS' | 'ERROR' | 'CANCELLED'
export type ExecutionState = 'pending' | 'queued' | 'running' | 'cancelling' | 'success' | 'error' | 'cancelled'
export type JobStatus = 'pending' | 'running' | 'completed' | 'error' | 'cancelled'
export type LogLevel = 'DEBUG' | 'INFO' | 'SUCCESS' | 'WARN' | 'ERROR'

export interface Usuario {
  username: string
  nome: string
  papel: Papel
}

export interface Sistema {
  id: string
  nome: string
  descricao: string
  icone: string
  ativo: boolean
  ordem: number
  opcoes: Record<string, boolean>
  status: SistemaStatus
  progresso: number
  mensagem: string | null
  ultima_execucao: string | null
}

export interface Periodo {
  dataInicial: string | null
  dataFinal: string | null
  usarD1Anbima: boolean
}

export interface Config {
  versao: string
  periodo: Periodo
  sistemas: Record<string, Sistema>
  [section: string]: unknown
}

export interface Calendario {
  dias_uteis: string[]
  feriados: { data: string; nome: string }[]
  d1: string
  d2: string
}

export interface JobSistema {
  execution_id: number
  sistema_id: string
  nome: string
  status: SistemaStatus
  estado: ExecutionState
  progresso: number
  mensagem: string | null
  tentativa: number
  tentativas_max: number
  posicao_fila: number | null
  started_at: string | null
  finished_at: string | null
  duracao_segundos: number | null
  exit_code: number | null
  codigo: string | null
  motivo: string | null
}

export interface JobParams {
  sistemas?: string[]
  dry_run?: boolean
  limpar?: boolean
  data_inicial?: string | null
  data_final?: string | null
  opcoes?: Record<string, Record<string, boolean>>
}

export interface Job {
  id: number
  type: 'etl_pipeline' | 'etl_single'
  status: JobStatus
  params: JobParams
  /** How many lines its log has. */
  log_linhas: number
  sistemas: JobSistema[]
  error_message: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
  duracao_segundos: number | null
}

export interface JobPage {
  jobs: Job[]
  total: number
  limit: number
  offset: number
}

export interface LogLine {
  seq: number
  level: LogLevel
  sistema: string
  mensagem: string
  timestamp: string
}

export interface LogPage {
  logs: LogLine[]
  next: number | null
  first?: number
  total?: number
}

export interface CommandResult {
  success: boolean
  status: string
  message: string
}

export interface ExecuteRequest {
  sistemas: string[]
  dry_run: boolean
  limpar: boolean
  data_inicial: string | null
  data_final: string | null
  opcoes?: Record<string, Record<string, boolean>>
}

export type ExecuteResult = CommandResult & { job_id: number }
export type SistemaResult = CommandResult & { sistema: Sistema }
