/** The hub's shapes: from its OpenAPI document (schema.d.ts), narrowed where that says only "string" or nothing. */
import type { components } from './schema'

type Schemas = components['schemas']
type Narrow<T, U extends Partial<Record<keyof T, unknown>>> = Omit<T, keyof U> & U

export type Papel = 'visualizador' | 'operador' | 'administrador'
export type SistemaStatus = 'IDLE' | 'RUNNING' | 'SUCCESS' | 'ERROR' | 'CANCELLED'
export type ExecutionState = 'pending' | 'queued' | 'running' | 'cancelling' | 'success' | 'error' | 'cancelled'
export type JobStatus = Schemas['JobOut']['status']
export type LogLevel = 'DEBUG' | 'INFO' | 'SUCCESS' | 'WARN' | 'ERROR'
export type Classe = Schemas['PosicaoOut']['classe']

export interface Usuario {
  username: string
  nome: string
  papel: Papel
  /** An administrator who counts as operador until the second factor is set up. */
  falta_segundo_fator: boolean
}

export type LoginOptions = Schemas['Opcoes']
export type LogoutResult = Schemas['LogoutDone']
export type SecondFactor = Schemas['Situacao']
export type Enrolment = Schemas['Inicio']
export type RecoveryCodes = Schemas['Codigos']

export type Fundo = Schemas['FundoOut']
export type Sistema = Narrow<Schemas['SistemaOut'], { status: SistemaStatus }>
export type Periodo = Schemas['PeriodoOut']
export type Calendario = Schemas['CalendarioOut']
export type Fundos = Schemas['FundosOut']
export type CaminhoSituacao = Schemas['CaminhoOut']
export type Pastas = Schemas['PastasOut']
export type ImportResult = Schemas['ImportDone']

export interface Config {
  versao: string
  periodo: Periodo
  sistemas: Record<string, Sistema>
  /** The sections of the masked credentials document. */
  [section: string]: unknown
}

/** A one-time code that a run asks for; it waits `prazo` seconds for it. */
export interface CodigoPedido {
  campo: string
  prazo: number
  mensagem: string
}

/** What a dry-run would fetch. */
export interface PlanoItem {
  relatorio: string
  fundo?: string | null
  data?: string | null
  destino?: string | null
}

export type JobSistema = Narrow<
  Schemas['ExecutionOut'],
  { status: SistemaStatus; estado: ExecutionState; plano: PlanoItem[]; codigo_pedido: CodigoPedido | null }
>
export type Job = Narrow<Schemas['JobOut'], { sistemas: JobSistema[]; params: JobParams }>
export type JobPage = Narrow<Schemas['JobsOut'], { jobs: Job[] }>

export interface JobParams {
  sistemas?: string[]
  opcoes?: Record<string, Record<string, boolean>>
  [name: string]: unknown
}

export type LogLine = Narrow<Omit<Schemas['LogOut'], 'job_id'>, { level: LogLevel }>
export type LogPage = Narrow<Schemas['LogsOut'], { logs: LogLine[] }>
export type Artefato = Narrow<Schemas['ArtifactOut'], { situacao: 'novo' | 'inalterado' | 'quarentena' | 'lixeira' }>
export type ArtefatoPage = Narrow<Schemas['ArtifactsOut'], { artefatos: Artefato[] }>
export type Transicao = Narrow<Schemas['TransitionOut'], { de: ExecutionState; para: ExecutionState }>

export type Rotina = Schemas['RotinaOut']
export type Rotinas = Schemas['RotinasOut']
export type Preferencias = Schemas['PreferenciasOut']
export type DePara = Schemas['DeParaOut']
export type DeParaRow = Schemas['DeParaRow']
export type DeParaDone = Schemas['DeParaDone']

export type CommandResult = Schemas['Done']
export type ExecuteRequest = Pick<Schemas['ExecuteIn'], 'sistemas'> & Partial<Schemas['ExecuteIn']>
export type ExecuteResult = Schemas['Started']
export type SistemaResult = Narrow<Schemas['SistemaDone'], { sistema: Sistema }>

export type Token = Schemas['TokenOut']
export type TokenMade = Schemas['TokenMade']

export type Portfolio = Schemas['PortfolioOut']
export type CarteiraTotal = Schemas['CarteiraTotal']
export type Evolucao = Schemas['Evolucao']
export type Posicao = Schemas['PosicaoOut']
export type Comparacao = Schemas['CompararOut']

export type Stats = Schemas['StatsOut']
