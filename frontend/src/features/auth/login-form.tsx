import { CircleAlert } from 'lucide-react'
import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/input'
import { describeError } from '@/lib/api/client'
import type { Usuario } from '@/lib/api/types'
import { useLogin } from './api/session'
import { afterRefusal, type Step } from './step'

interface LoginFormProps {
  onDone?: (usuario: Usuario) => void
  /** Set when the same person only has to confirm who they are. */
  username?: string | undefined
}

/** Name and password; then the code, where the hub asks for one. The password stays here until both are right. */
export function LoginForm({ onDone, username: known }: LoginFormProps) {
  const [username, setUsername] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const [codigo, setCodigo] = useState('')
  const [step, setStep] = useState<Step>('senha')
  const [told, setTold] = useState('')
  const login = useLogin()

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    login.mutate(
      { username: username.trim(), password, codigo: step === 'codigo' ? codigo.trim() : '' },
      {
        onSuccess: ({ usuario }) => onDone?.(usuario),
        onError: (error) => {
          const next = afterRefusal(error, step === 'codigo', step)
          setStep(next.step)
          setTold(next.tell ? describeError(error) : '')
          setCodigo('')
          if (next.step === 'senha') setPassword('')
        },
      },
    )
  }
  const back = () => {
    setStep('senha')
    setPassword('')
    setTold('')
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {told && (
        <p role="alert" className="flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2 text-[13px] text-danger">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          {told}
        </p>
      )}
      {step === 'codigo' ? (
        <CodeField value={codigo} onChange={setCodigo} />
      ) : (
        <PasswordFields
          username={username}
          onUsername={setUsername}
          fixed={known !== undefined}
          password={password}
          onPassword={setPassword}
        />
      )}
      <Button type="submit" variant="primary" size="lg" busy={login.isPending}>
        {step === 'codigo' ? 'Confirmar' : 'Entrar'}
      </Button>
      {step === 'codigo' && (
        <Button variant="ghost" onClick={back}>
          Voltar
        </Button>
      )}
    </form>
  )
}

interface PasswordFieldsProps {
  username: string
  onUsername: (value: string) => void
  fixed: boolean
  password: string
  onPassword: (value: string) => void
}

function PasswordFields({ username, onUsername, fixed, password, onPassword }: PasswordFieldsProps) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (fixed) field.current?.focus()
  }, [fixed])
  return (
    <>
      <Field label="Usuário" htmlFor={`${id}-u`}>
        <Input
          id={`${id}-u`}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          readOnly={fixed}
          value={username}
          onChange={(e) => onUsername(e.target.value)}
          className="h-9"
        />
      </Field>
      <Field label="Senha" htmlFor={`${id}-s`}>
        <Input
          id={`${id}-s`}
          ref={field}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => onPassword(e.target.value)}
          className="h-9"
        />
      </Field>
    </>
  )
}

function CodeField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  return (
    <Field label="Código do autenticador" htmlFor={id} hint="Os seis dígitos do aplicativo, ou um código de recuperação.">
      <Input
        id={id}
        ref={field}
        name="codigo"
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={40}
        aria-describedby={`${id}-nota`}
        value={value}
        onChange={(e) => onChange(e.target.value)}
        className="h-9 font-mono tracking-wider"
      />
    </Field>
  )
}
