import { ArrowRight, CircleCheck, TriangleAlert } from 'lucide-react'
import { Link } from 'react-router'
import { Button } from '@/components/ui/button'
import type { Stats } from '@/lib/api/types'

const WHERE: Record<string, { label: string; to: (sistema: string | null) => string }> = {
  credencial: { label: 'Corrigir a credencial', to: (s) => `/settings/credenciais${s ? `?sistema=${s}` : ''}` },
  caminho: { label: 'Corrigir o caminho', to: () => '/settings/caminhos' },
}

interface AttentionProps {
  items: Stats['atencao']
  names: ReadonlyMap<string, string>
}

/** What somebody should look at first, each with the way to mend it. */
export function Attention({ items, names }: AttentionProps) {
  if (items.length === 0) {
    return (
      <p className="flex items-center gap-2 text-[13px] text-subtle">
        <CircleCheck className="size-4 text-success" aria-hidden />
        Nada precisa de atenção.
      </p>
    )
  }
  return (
    <section aria-labelledby="atencao" className="flex flex-col gap-2">
      <h2 id="atencao" className="sr-only">
        Precisa de atenção
      </h2>
      <ul className="flex flex-col divide-y divide-warning/20 overflow-hidden rounded-xl border border-warning/30 bg-warning-soft">
        {items.map((item) => {
          const where = WHERE[item.tipo]
          const nome = item.sistema_id ? names.get(item.sistema_id) : undefined
          return (
            <li key={`${item.tipo}-${item.sistema_id ?? ''}`} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 text-[13px]">
              <TriangleAlert className="size-4 shrink-0 text-warning max-sm:mt-0.5 max-sm:self-start" aria-hidden />
              <p className="min-w-0 flex-1 basis-60">
                {nome && !item.mensagem.startsWith(nome) && <strong className="font-semibold">{nome}: </strong>}
                {item.mensagem}
                {!where && <span className="text-subtle"> {item.acao}</span>}
              </p>
              {where && (
                <Button asChild size="sm">
                  <Link to={where.to(item.sistema_id)}>
                    {where.label}
                    <ArrowRight aria-hidden />
                  </Link>
                </Button>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
