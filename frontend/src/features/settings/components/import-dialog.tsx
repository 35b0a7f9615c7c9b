import { Upload as UploadIcon } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { Modal } from '@/components/ui/dialog'
import { Field, Input } from '@/components/ui/input'
import { describeError } from '@/lib/api/client'
import { useImport } from '../api/funds'

interface ImportDialogProps {
  where: { sistemaId: string } | 'de-para'
  title: string
  description: string
  onClose: () => void
}

export function ImportDialog({ where, title, description, onClose }: ImportDialogProps) {
  const [file, setFile] = useState<File | null>(null)
  const [aba, setAba] = useState('')
  const [coluna, setColuna] = useState('')
  const [substituir, setSubstituir] = useState(false)
  const send = useImport(where)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!file) return
    send.mutate(
      { arquivo: file, aba: aba.trim(), substituir, ...(where === 'de-para' ? {} : { coluna: coluna.trim() }) },
      {
        onSuccess: (result) => {
          toast.success(result.message, result.avisos.length ? { description: result.avisos.slice(0, 5).join(' ') } : {})
          onClose()
        },
      },
    )
  }
  return (
    <Modal open onOpenChange={(open) => !open && onClose()} title={title} description={description}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Arquivo (XLSX ou CSV)" htmlFor="imp-arquivo" error={send.error ? describeError(send.error) : undefined}>
          <input
            id="imp-arquivo"
            type="file"
            required
            accept=".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            onChange={(e) => setFile(e.target.files?.[0] ?? null)}
            className="w-full rounded-md border bg-surface text-[13px] file:mr-3 file:h-8 file:border-0 file:border-r file:border-border file:bg-muted file:px-3 file:text-foreground"
          />
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Aba" htmlFor="imp-aba" hint="Em branco: a primeira.">
            <Input id="imp-aba" value={aba} onChange={(e) => setAba(e.target.value)} />
          </Field>
          {where !== 'de-para' && (
            <Field label="Coluna dos nomes" htmlFor="imp-coluna" hint="Letra ou título.">
              <Input id="imp-coluna" value={coluna} onChange={(e) => setColuna(e.target.value)} />
            </Field>
          )}
        </div>
        <label htmlFor="imp-substituir" className="flex items-center gap-2.5 text-[13px]">
          <Checkbox
            id="imp-substituir"
            checked={substituir}
            onCheckedChange={(value) => setSubstituir(value === true)}
          />
          Substituir a lista atual
        </label>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Voltar</Button>
          <Button type="submit" variant={substituir ? 'dangerSolid' : 'primary'} disabled={!file} busy={send.isPending}>
            {!send.isPending && <UploadIcon aria-hidden />}
            {substituir ? 'Substituir' : 'Importar'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
