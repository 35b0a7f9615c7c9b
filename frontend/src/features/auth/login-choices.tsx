import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { withQuery } from '@/lib/api/client'
import type { Usuario } from '@/lib/api/types'
import { useLoginOptions } from './api/session'
import { LoginForm } from './login-form'

interface LoginChoicesProps {
  /** Where the company's provider brings the browser back to. */
  next: string
  onDone?: (usuario: Usuario) => void
  username?: string
  /** The page must stay as it is: the provider opens in another tab. */
  keepPage?: boolean
}

/** The ways in that this hub offers: password, the company's account, or both. */
export function LoginChoices({ next, onDone, username, keepPage = false }: LoginChoicesProps) {
  const { data: options, isPending } = useLoginOptions()
  const [emergency, setEmergency] = useState(false)
  if (isPending) return <div className="h-48" aria-busy />
  const provider = options?.oidc
  const byPassword = !provider || options.senha || emergency
  return (
    <div className="flex flex-col gap-4">
      {byPassword && <LoginForm username={username} {...(onDone ? { onDone } : {})} />}
      {provider && byPassword && (
        <p aria-hidden className="flex items-center gap-3 text-xs text-subtle before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
          ou
        </p>
      )}
      {provider && (
        <Button asChild size="lg" variant={byPassword ? 'secondary' : 'primary'}>
          <a href={withQuery(provider.endereco, { next: next === '/' ? '' : next })} {...(keepPage ? { target: '_blank' } : {})}>
            Entrar com {provider.nome}
            {keepPage && <span className="sr-only"> (abre outra aba)</span>}
          </a>
        </Button>
      )}
      {!byPassword && (
        <Button variant="ghost" onClick={() => setEmergency(true)}>
          Entrar com senha
        </Button>
      )}
    </div>
  )
}
