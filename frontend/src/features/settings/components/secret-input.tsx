import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'

interface SecretInputProps extends Omit<ComponentProps<'input'>, 'type'> {
  label: string
  /** A value is stored, which never comes here. */
  stored: boolean
}

/** A secret being typed, which can be shown; a stored one is only told of. */
export function SecretInput({ label, stored, ...props }: SecretInputProps) {
  const [shown, setShown] = useState(false)
  return (
    <div className="relative">
      <Input
        type={shown ? 'text' : 'password'}
        autoComplete="new-password"
        spellCheck={false}
        placeholder={stored ? '••••••••' : ''}
        className="pr-9"
        {...props}
      />
      <Button
        variant="ghost"
        size="iconSm"
        aria-pressed={shown}
        aria-label={shown ? `Esconder ${label}` : `Mostrar ${label}`}
        disabled={props.disabled}
        onClick={() => setShown(!shown)}
        className="absolute top-0.5 right-0.5"
      >
        {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
      </Button>
    </div>
  )
}
