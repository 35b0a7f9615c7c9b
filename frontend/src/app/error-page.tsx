import { RotateCw, TriangleAlert } from 'lucide-react'
import { useMemo } from 'react'
import { isRouteErrorResponse, useRouteError } from 'react-router'
import { Button } from '@/components/ui/button'
import { Empty } from '@/components/ui/empty'
import { describeError } from '@/lib/api/client'
import { NotFound } from './not-found'

function reportId(): string {
  return crypto.getRandomValues(new Uint32Array(1))[0]?.toString(16).padStart(8, '0') ?? ''
}

/** What stands in a page's place when it fails; the number also goes to the console, beside the trace. */
export function ErrorPage() {
  const error = useRouteError()
  const id = useMemo(() => {
    const number = reportId()
    console.error(`[ETL Hub] ocorrência ${number}`, error)
    return number
  }, [error])
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />
  // After an update the old page asks for files that are gone; loading again brings the new ones.
  const outdated = error instanceof TypeError && /dynamically imported module|importing a module/i.test(error.message)
  return (
    <div role="alert">
      <Empty
        page
        icon={TriangleAlert}
        title={outdated ? 'O ETL Hub foi atualizado' : 'Algo deu errado nesta página'}
        className="min-h-[60dvh]"
        action={
          <Button variant="primary" onClick={() => location.reload()}>
            <RotateCw aria-hidden />
            {outdated ? 'Carregar a nova versão' : 'Tentar de novo'}
          </Button>
        }
      >
        {outdated ? (
          'Carregue a página de novo para usar a nova versão.'
        ) : (
          <>
            <p>{describeError(error)}</p>
            <p className="mt-2">
              Se repetir, informe ao suporte a ocorrência <code className="font-mono text-foreground">{id}</code>.
            </p>
          </>
        )}
      </Empty>
    </div>
  )
}
