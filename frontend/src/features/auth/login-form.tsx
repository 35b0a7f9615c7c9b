import { CircleAlert } from 'lucide-react'
import { type SubmitEvent, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/input'
import { describeError } from '@/lib/api/client'
import { useLogin } from './api/session'

interface LoginFormProps {
  onDone?: () => void
  /** Set when the same person only has to confirm who they are. */
  username?: string
}

export function LoginForm({ onDone, username: known }: LoginFormProps) {
  const id = useId()
  const [username, setUsername] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const login = useLogin()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    login.mutate({ username: username.trim(), password }, { onSuccess: () => onDone?.(), onError: () => setPassword('') })
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {login.error && (
        <p role="alert" className="flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-[13px] text-danger">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          {describeError(login.error)}
        </p>
      )}
      <Field label="Usuário" htmlFor={`${id}-u`}>
        <Input
          id={`${id}-u`}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          readOnly={known !== undefined}
          value={username}
          onChange={(e) => setUsername(e.target.value)}
          className="h-9"
        />
      </Field>
      <Field label="Senha" htmlFor={`${id}-s`}>
        <Input
          id={`${id}-s`}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => setPassword(e.target.value)}
          className="h-9"
        />
      </Field>
      <Button type="submit" variant="primary" size="lg" busy={login.isPending}>
        Entrar
      </Button>
    </form>
  )
}
