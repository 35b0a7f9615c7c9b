import type { Job } from '@/lib/api/types'
import { opcaoLabel } from '@/lib/opcoes'

/** What was asked for beside sistemas and period, a line for the job and one for each sistema: "QORE: Excel, sem PDF". */
export function describeOptions(job: Pick<Job, 'dry_run' | 'limpar' | 'params' | 'sistemas'>): string[] {
  const flags = [job.dry_run && 'simulação', job.limpar && 'limpar antes', job.params.baixar_de_novo && 'baixar de novo']
  const names = new Map(job.sistemas.map((s) => [s.sistema_id, s.nome]))
  const lines = Object.entries(job.params.opcoes ?? {}).flatMap(([id, opcoes]) => {
    const asked = Object.entries(opcoes).map(([name, on]) => (on ? opcaoLabel(name) : `sem ${opcaoLabel(name)}`))
    return asked.length > 0 ? [`${names.get(id) ?? id}: ${asked.join(', ')}`] : []
  })
  const all = [flags.filter(Boolean).join(', '), ...lines].filter(Boolean)
  return all.length > 0 ? all : ['padrão']
}
