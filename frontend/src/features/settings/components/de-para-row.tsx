import { Pencil, Trash2 } from 'lucide-react'
import { type SubmitEvent, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Field, Input } from '@/components/ui/input'
import { Td, Tr } from '@/components/ui/table'
import { UnsavedGuard } from '@/components/unsaved-guard'
import { ApiError, describeError } from '@/lib/api/client'
import type { DeParaRow } from '@/lib/api/types'
import { type Typed, useSaveDePara } from '../api/de-para'

interface RowProps {
  item: DeParaRow
  canEdit: boolean
  onDelete: (item: DeParaRow) => void
}

/** A fund and its folder; changed where it stands. */
export function Row({ item, canEdit, onDelete }: RowProps) {
  const [editing, setEditing] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    flushSync(() => setEditing(false))
    button.current?.focus()
  }
  if (editing) return <Editor row={item} onClose={close} />
  return (
    <Tr>
      <Td className="py-1.5">{item.fundo}</Td>
      <Td className="py-1.5 font-mono text-xs break-all text-subtle">{item.pasta}</Td>
      {canEdit && (
        <Td className="w-0 py-1 text-right whitespace-nowrap">
          <Button ref={button} size="iconSm" variant="ghost" aria-label={`Alterar ${item.fundo}`} onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
          </Button>
          <Button size="iconSm" variant="ghost" aria-label={`Apagar ${item.fundo}`} onClick={() => onDelete(item)}>
            <Trash2 aria-hidden />
          </Button>
        </Td>
      )}
    </Tr>
  )
}

interface EditorProps {
  /** null: a new one. */
  row: DeParaRow | null
  onClose: () => void
}

/** The fields of one row, in the table; Enter saves, Esc gives up. */
export function Editor({ row, onClose }: EditorProps) {
  const id = useId()
  const [typed, setTyped] = useState<Typed>({ fundo: row?.fundo ?? '', pasta: row?.pasta ?? '' })
  const save = useSaveDePara(row)
  const wrong = fieldErrors(save.error)
  const dirty = typed.fundo !== (row?.fundo ?? '') || typed.pasta !== (row?.pasta ?? '')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (row && !dirty) {
      onClose()
      return
    }
    save.mutate(typed, {
      onSuccess: (result) => {
        toast.success(result.message)
        onClose()
      },
    })
  }
  const cell = (name: keyof Typed, label: string, placeholder: string, limit: number) => (
    <Td className="py-2 align-top">
      <Field label={label} hideLabel htmlFor={`${id}-${name}`} error={wrong[name]}>
        <Input
          id={`${id}-${name}`}
          form={id}
          value={typed[name]}
          maxLength={limit}
          placeholder={placeholder}
          required
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the reader has just asked for this field
          autoFocus={name === (row ? 'pasta' : 'fundo')}
          aria-invalid={wrong[name] !== undefined}
          aria-describedby={`${id}-${name}-nota`}
          onChange={(e) => setTyped({ ...typed, [name]: e.target.value })}
          onKeyDown={(e) => e.key === 'Escape' && onClose()}
        />
      </Field>
    </Td>
  )
  return (
    <Tr className="bg-hover">
      {cell('fundo', 'Fundo', 'Nome do fundo, como no documento', 200)}
      {cell('pasta', 'Pasta', '001 - Nome do fundo', 300)}
      <Td className="w-0 py-2 text-right align-top whitespace-nowrap">
        <form id={id} onSubmit={submit} className="inline-flex gap-1">
          <Button type="submit" size="sm" variant="primary" className="h-8" busy={save.isPending}>
            Salvar
          </Button>
          <Button size="sm" variant="ghost" className="h-8" onClick={onClose}>
            Voltar
          </Button>
        </form>
        <UnsavedGuard dirty={dirty && !save.isPending && !save.isSuccess} />
      </Td>
    </Tr>
  )
}

/** At which field to say it; what belongs to none, at the folder, which is what people change. */
function fieldErrors(error: Error | null): Partial<Typed> {
  if (!error) return {}
  const fields = error instanceof ApiError ? error.campos : []
  const found = Object.fromEntries(fields.map((f) => [f.campo, sentence(f.mensagem)]))
  return found.fundo || found.pasta ? found : { pasta: describeError(error) }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}
