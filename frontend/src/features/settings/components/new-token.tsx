import { Copy } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Modal } from '@/components/ui/dialog'
import { Field, Input, NativeSelect } from '@/components/ui/input'
import { describeError } from '@/lib/api/client'
import { useMe } from '@/lib/api/queries'
import type { Papel } from '@/lib/api/types'
import { PAPEIS } from '@/lib/papel'
import { useMakeToken } from '../api/account'

const LIVES = [30, 90, 180, 366]

/** Makes a key and shows its secret, once. */
export function NewToken({ onClose }: { onClose: () => void }) {
  const { data: me } = useMe()
  const [nome, setNome] = useState('')
  const [papel, setPapel] = useState<Papel>('visualizador')
  const [dias, setDias] = useState(90)
  const make = useMakeToken()
  const own = PAPEIS.findIndex((p) => p.value === me?.papel)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    make.mutate({ nome: nome.trim(), papel, dias })
  }
  if (make.data) return <Secret secret={make.data.segredo} onClose={onClose} />
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title="Nova chave de API"
      description="Para um programa chamar o ETL Hub em seu nome, sem a sua senha."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Nome" htmlFor="chave-nome" error={make.error ? describeError(make.error) : undefined}>
          <Input id="chave-nome" required maxLength={100} placeholder="Planilha de fechamento" value={nome} onChange={(e) => setNome(e.target.value)} />
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label="O que pode fazer" htmlFor="chave-papel">
            <NativeSelect id="chave-papel" value={papel} onChange={(e) => setPapel(e.target.value as Papel)}>
              {PAPEIS.slice(0, own + 1).map((p) => (
                <option key={p.value} value={p.value}>
                  {p.label}
                </option>
              ))}
            </NativeSelect>
          </Field>
          <Field label="Vale por" htmlFor="chave-dias">
            <NativeSelect id="chave-dias" value={dias} onChange={(e) => setDias(Number(e.target.value))}>
              {LIVES.map((d) => (
                <option key={d} value={d}>
                  {d === 366 ? '1 ano' : `${d} dias`}
                </option>
              ))}
            </NativeSelect>
          </Field>
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Voltar</Button>
          <Button type="submit" variant="primary" disabled={!nome.trim()} busy={make.isPending}>
            Criar chave
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const copy = () =>
    navigator.clipboard.writeText(secret).then(
      () => toast.success('Chave copiada.'),
      () => toast.error('O navegador não permitiu copiar; selecione o texto.'),
    )
  return (
    <Modal
      open
      kind="alert"
      title="Guarde a chave agora"
      description="Ela não será mostrada de novo. Quem a tiver age em seu nome."
      footer={
        <>
          <Button onClick={() => void copy()}>
            <Copy aria-hidden />
            Copiar
          </Button>
          <Button variant="primary" onClick={onClose}>
            Já guardei
          </Button>
        </>
      }
    >
      <code data-testid="segredo" className="rounded-md bg-muted px-3 py-2.5 font-mono text-xs break-all select-all">
        {secret}
      </code>
    </Modal>
  )
}
