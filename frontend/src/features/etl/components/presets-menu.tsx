import { Bookmark, Save, Trash2 } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Modal } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/input'
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import type { Sistema } from '@/lib/api/types'
import { plural } from '@/lib/format'
import { useOpcao, useToggle } from '../api/sistemas'
import { changesFor, loadPresets, type Preset, storePresets, withPreset } from '../presets'
import { useRunForm } from '../run-form'

interface PresetsMenuProps {
  username: string
  sistemas: Sistema[]
  useD1: boolean
}

/** Routines by name ("rotina da manhã"): the choice of sistemas and options, brought back by one click. */
export function PresetsMenu({ username, sistemas, useD1 }: PresetsMenuProps) {
  const [presets, setPresets] = useState(() => loadPresets(username))
  const [saving, setSaving] = useState(false)
  const toggle = useToggle()
  const opcao = useOpcao()
  const { dryRun, set } = useRunForm()

  const keep = (next: Preset[]) => {
    setPresets(next)
    if (!storePresets(username, next)) toast.error('O navegador não deixa guardar nada para este site.')
  }
  const apply = (preset: Preset) => {
    const changes = changesFor(preset, sistemas)
    for (const change of changes.toggles) toggle.mutate(change)
    for (const change of changes.opcoes) opcao.mutate(change)
    set({ useD1: preset.usarD1, dryRun: preset.simular })
    toast(`Rotina “${preset.nome}” aplicada.`)
  }
  const save = (nome: string) => {
    const chosen = sistemas.filter((s) => s.ativo)
    const opcoes = Object.fromEntries(chosen.map((s) => [s.id, s.opcoes]))
    keep(withPreset(presets, { nome, sistemas: chosen.map((s) => s.id), opcoes, usarD1: useD1, simular: dryRun }))
    setSaving(false)
    toast.success(`Rotina “${nome}” salva.`)
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
          {presets.length === 0 && <MenuLabel>Nenhuma rotina salva</MenuLabel>}
          {presets.map((p) => (
            <MenuItem key={p.nome} onSelect={() => apply(p)}>
              <span className="truncate">{p.nome}</span>
              <span className="ml-auto pl-4 text-xs text-subtle">{plural(p.sistemas.length, 'sistema', 'sistemas')}</span>
            </MenuItem>
          ))}
          <MenuSeparator />
          <MenuItem onSelect={() => setSaving(true)}>
            <Save aria-hidden />
            Salvar ou apagar rotinas…
          </MenuItem>
        </MenuContent>
      </Menu>
      {saving && (
        <PresetsDialog
          presets={presets}
          onSave={save}
          onDelete={(nome) => keep(presets.filter((p) => p.nome !== nome))}
          onClose={() => setSaving(false)}
        />
      )}
    </>
  )
}

interface PresetsDialogProps {
  presets: Preset[]
  onSave: (nome: string) => void
  onDelete: (nome: string) => void
  onClose: () => void
}

function PresetsDialog({ presets, onSave, onDelete, onClose }: PresetsDialogProps) {
  const [nome, setNome] = useState('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (nome.trim()) onSave(nome.trim())
  }
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rotinas"
      description="Guarda os sistemas selecionados e suas opções, neste navegador, para o seu usuário."
    >
      <form onSubmit={submit} className="flex items-end gap-2">
        <Field label="Salvar a seleção atual como" htmlFor="rotina-nome" className="flex-1">
          <Input id="rotina-nome" value={nome} maxLength={60} placeholder="Rotina da manhã" onChange={(e) => setNome(e.target.value)} />
        </Field>
        <Button type="submit" variant="primary" disabled={!nome.trim()}>
          Salvar
        </Button>
      </form>
      {presets.length > 0 && (
        <ul className="divide-y rounded-lg border">
          {presets.map((p) => (
            <li key={p.nome} className="flex items-center gap-2 py-1 pr-1 pl-3 text-[13px]">
              <span className="min-w-0 flex-1 truncate">{p.nome}</span>
              <Button variant="ghost" size="iconSm" aria-label={`Apagar a rotina ${p.nome}`} onClick={() => onDelete(p.nome)}>
                <Trash2 aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Modal>
  )
}
