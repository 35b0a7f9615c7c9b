import { Bookmark, Save, Trash2 } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Modal } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/input'
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import type { Rotina, Sistema } from '@/lib/api/types'
import { plural } from '@/lib/format'
import { useDeleteRotina, useRotinas, useSaveRotina } from '../api/rotinas'
import { useOpcao, useToggle } from '../api/sistemas'
import { changesFor, sameName } from '../presets'
import { useRunForm } from '../run-form'

interface PresetsMenuProps {
  username: string
  sistemas: Sistema[]
  useD1: boolean
}

/** Routines by name ("rotina da manhã"): the choice of sistemas and options, brought back by one click. */
export function PresetsMenu({ username, sistemas, useD1 }: PresetsMenuProps) {
  const { data, isError, refetch } = useRotinas(username)
  const [editing, setEditing] = useState(false)
  const toggle = useToggle()
  const opcao = useOpcao()
  const save = useSaveRotina()
  const { dryRun, set } = useRunForm()
  const rotinas = data?.rotinas ?? []

  const apply = (rotina: Rotina) => {
    const changes = changesFor(rotina, sistemas)
    for (const change of changes.toggles) toggle.mutate(change)
    for (const change of changes.opcoes) opcao.mutate(change)
    set({ useD1: rotina.usar_d1, dryRun: rotina.simular })
    toast(`Rotina “${rotina.nome}” aplicada.`)
  }
  const saveAs = (nome: string) => {
    const chosen = sistemas.filter((s) => s.ativo)
    const opcoes = Object.fromEntries(chosen.map((s) => [s.id, s.opcoes]))
    save.mutate(
      { nome, sistemas: chosen.map((s) => s.id), opcoes, usar_d1: useD1, simular: dryRun },
      { onSuccess: (result) => toast.success(result.message) },
    )
    setEditing(false)
  }

  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button>
            <Bookmark aria-hidden />
            Rotinas
          </Button>
        </MenuTrigger>
        <MenuContent align="end" className="min-w-64">
          {isError && !data && <MenuItem onSelect={() => void refetch()}>Não foi possível ler as rotinas. Tentar de novo</MenuItem>}
          {data && rotinas.length === 0 && <MenuLabel>Nenhuma rotina salva</MenuLabel>}
          {rotinas.map((r) => (
            <MenuItem key={r.nome} onSelect={() => apply(r)}>
              <span className="truncate">{r.nome}</span>
              <span className="ml-auto pl-4 text-xs text-subtle">{plural(r.sistemas.length, 'sistema', 'sistemas')}</span>
            </MenuItem>
          ))}
          <MenuSeparator />
          <MenuItem disabled={!data} onSelect={() => setEditing(true)}>
            <Save aria-hidden />
            Salvar ou apagar rotinas…
          </MenuItem>
        </MenuContent>
      </Menu>
      {editing && data && (
        <PresetsDialog rotinas={rotinas} limit={data.limite} onSave={saveAs} onClose={() => setEditing(false)} />
      )}
    </>
  )
}

interface PresetsDialogProps {
  rotinas: Rotina[]
  limit: number
  onSave: (nome: string) => void
  onClose: () => void
}

function PresetsDialog({ rotinas, limit, onSave, onClose }: PresetsDialogProps) {
  const [nome, setNome] = useState('')
  const [gone, setGone] = useState<Rotina | null>(null)
  const remove = useDeleteRotina()
  const save = useSaveRotina()
  const replaces = rotinas.find((r) => sameName(r.nome, nome))
  const full = !replaces && rotinas.length >= limit
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (nome.trim() && !full) onSave(nome.trim())
  }
  const forget = (rotina: Rotina) => {
    remove.mutate(rotina)
    setGone(rotina)
  }
  const bringBack = (rotina: Rotina) => {
    save.mutate(rotina)
    setGone(null)
  }
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rotinas"
      description="Guarda os sistemas selecionados e suas opções. Só você as vê, em qualquer computador em que entrar."
    >
      <form onSubmit={submit} className="flex items-start gap-2">
        <Field
          label="Salvar a seleção atual como"
          htmlFor="rotina-nome"
          className="flex-1"
          error={full && nome.trim() ? `São no máximo ${limit} rotinas: apague uma antes.` : undefined}
          hint={replaces ? `Substitui a rotina “${replaces.nome}”.` : undefined}
        >
          <Input
            id="rotina-nome"
            value={nome}
            maxLength={60}
            placeholder="Rotina da manhã"
            aria-describedby="rotina-nome-nota"
            aria-invalid={full && nome.trim() !== ''}
            onChange={(e) => setNome(e.target.value)}
          />
        </Field>
        <Button type="submit" variant="primary" disabled={!nome.trim() || full} className="mt-6">
          Salvar
        </Button>
      </form>
      {rotinas.length > 0 && (
        <ul className="divide-y rounded-lg border">
          {rotinas.map((r) => (
            <li key={r.nome} className="flex items-center gap-2 py-1 pr-1 pl-3 text-[13px]">
              <span className="min-w-0 flex-1 truncate">{r.nome}</span>
              <Button variant="ghost" size="iconSm" aria-label={`Apagar a rotina ${r.nome}`} onClick={() => forget(r)}>
                <Trash2 aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <p role="status" className="flex min-h-7 items-center gap-3 text-[13px] text-subtle empty:hidden">
        {gone && (
          <>
            <span className="min-w-0 truncate">Rotina “{gone.nome}” apagada.</span>
            <Button size="sm" onClick={() => bringBack(gone)}>
              Desfazer
            </Button>
          </>
        )}
      </p>
    </Modal>
  )
}
