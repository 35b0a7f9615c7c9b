import { Navigate, useLocation } from 'react-router'
import { LoadError } from '@/components/ui/page'
import { useMe } from '@/lib/api/queries'
import { useSession } from '@/lib/session'
import { Layout } from './layout'
import { PageLoading } from './page-loading'

/** Lets a logged-in user in; sends anyone else to the login page and back. */
export function Guard() {
  const { data: me, isPending, error, refetch } = useMe()
  const expired = useSession((s) => s.expired)
  const location = useLocation()
  if (me) return <Layout me={me} />
  if (isPending) return <PageLoading />
  if (error) return <LoadError error={error} retry={() => void refetch()} className="mx-auto mt-[20dvh] max-w-lg" />
  if (expired) useSession.getState().renew()
  const next = location.pathname + location.search + location.hash
  return <Navigate to={next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`} replace />
}
