import { useEffect } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { Card } from '@/components/ui/card'
import { useMe } from '@/lib/api/queries'
import { useTitle } from '@/lib/title'
import { LoginChoices } from './login-choices'
import { firstPage, safeNext } from './next'

export function LoginPage() {
  useTitle('Entrar')
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const next = safeNext(search.get('next'))
  const { data: me } = useMe()
  useEffect(() => {
    document.title = 'Entrar · ETL Hub'
    if (me) void navigate(firstPage(me, next), { replace: true })
  }, [me, next, navigate])
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-[22rem]">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <img src="/favicon.svg" alt="" className="size-10" />
          <div>
            <h1 className="text-xl font-semibold tracking-tight">Entrar no ETL Hub</h1>
            <p className="mt-1 text-[13px] text-subtle">Coleta dos arquivos dos fundos, ao vivo.</p>
          </div>
        </div>
        <Card className="p-5">
          <LoginChoices next={next} onDone={(usuario) => void navigate(firstPage(usuario, next), { replace: true })} />
        </Card>
      </div>
    </main>
  )
}
