import { CircleAlert } from 'lucide-react'
import { Link } from 'react-router'
import type { JobSistema } from '@/lib/api/types'
import { advice } from '@/lib/codigos'

/** What went wrong, sistema by sistema, and what to do about it. */
export function Problems({ jobId, sistemas }: { jobId: number; sistemas: JobSistema[] }) {
  const failed = sistemas.filter((s) => s.status === 'ERROR')
  if (failed.length === 0) return null
  return (
    <section aria-labelledby="problemas" className="flex flex-col gap-2">
      <h2 id="problemas" className="text-[13px] font-semibold">
        O que deu errado
      </h2>
      <ul className="flex flex-col gap-2">
        {failed.map((s) => (
          <li key={s.execution_id} className="flex flex-wrap gap-3 rounded-xl border sm:flex-nowrap border-danger/25 bg-danger-soft px-4 py-3 text-[13px]">
            <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
            <div className="min-w-0 flex-1 max-sm:basis-4/5">
              <p className="font-medium">
                {s.nome}
                {s.tentativa > 1 && <span className="font-normal text-subtle"> · depois de {s.tentativa} tentativas</span>}
              </p>
              <p className="mt-0.5 break-words text-secondary">{s.motivo || s.mensagem}</p>
              {advice(s.codigo) && <p className="mt-1 text-subtle">{advice(s.codigo)}</p>}
            </div>
            <Link to={`/logs/${jobId}?nivel=ERROR`} className="shrink-0 self-start max-sm:ml-7 text-accent-text underline-offset-4 hover:underline">
              Ver nos logs
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
