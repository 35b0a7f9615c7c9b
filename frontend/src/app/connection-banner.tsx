import { WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { hub, useConnection } from '@/lib/live/socket'

// A short break mends itself before anyone would read about it.
const PATIENCE_MS = 1500

/** Says that the page is not live at the moment, and that it is trying. */
export function ConnectionBanner() {
  const state = useConnection((s) => s.state)
  const broken = state !== 'open' && state !== 'idle'
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!broken) return
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => {
      clearTimeout(timer)
      setLate(false)
    }
  }, [broken])
  return (
    <div role="status" aria-live="polite">
      {broken && late && (
        <div className="flex items-center gap-2.5 border-b border-warning/30 bg-warning-soft px-4 py-1.5 text-[13px] text-warning sm:px-6 lg:px-8">
          <WifiOff className="size-4 shrink-0" aria-hidden />
          <span className="min-w-0 flex-1">
            {state === 'refused'
              ? 'Atualização ao vivo recusada pelo hub.'
              : 'Sem conexão ao vivo. Reconectando; nada se perde.'}
          </span>
          <Button size="sm" variant="ghost" className="text-warning" onClick={hub.retryNow}>
            Tentar agora
          </Button>
        </div>
      )}
    </div>
  )
}
