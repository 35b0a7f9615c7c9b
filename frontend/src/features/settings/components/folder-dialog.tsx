import { CornerLeftUp, Folder, FolderPlus } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Modal } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'
import { LoadError } from '@/components/ui/page'
import { Skeleton } from '@/components/ui/skeleton'
import { describeError } from '@/lib/api/client'
import { useNewFolder, usePastas } from '../api/paths'

interface FolderDialogProps {
  label: string
  onPick: (path: string) => void
  onClose: () => void
}

const ROW = 'flex h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-left text-[13px] hover:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-subtle'

/** Chooses a folder of the hub's machine, within the roots that it allows. */
export function FolderDialog({ label, onPick, onClose }: FolderDialogProps) {
  const [at, setAt] = useState('')
  const { data, error, refetch } = usePastas(at)
  const [name, setName] = useState<string | null>(null)
  const create = useNewFolder()
  const make = (event: SubmitEvent) => {
    event.preventDefault()
    if (!name?.trim()) return
    create.mutate(
      { caminho: at, nome: name.trim() },
      {
        onSuccess: (result) => {
          toast.success(result.message)
          setName(null)
        },
        onError: (e) => toast.error(describeError(e)),
      },
    )
  }
  return (
    <Modal
      open
      onOpenChange={(open) => !open && onClose()}
      title="Escolher pasta"
      description={label}
      footer={
        <>
          {at && name === null && (
            <Button variant="ghost" className="mr-auto" onClick={() => setName('')}>
              <FolderPlus aria-hidden />
              Nova pasta
            </Button>
          )}
          <Button onClick={onClose}>Voltar</Button>
          <Button variant="primary" disabled={!at} onClick={() => onPick(at)}>
            Usar esta pasta
          </Button>
        </>
      }
    >
      <p className="truncate rounded-md bg-muted px-2.5 py-1.5 font-mono text-xs text-secondary" title={at}>
        {at || 'Pastas permitidas'}
      </p>
      {error && <LoadError error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton className="h-48" />}
      {data && (
        <ul className="-mx-1 max-h-64 min-h-24 overflow-y-auto">
          {at && (
            <li>
              <button type="button" className={ROW} onClick={() => setAt(data.acima ?? '')}>
                <CornerLeftUp aria-hidden />
                Acima
              </button>
            </li>
          )}
          {data.pastas.map((p) => (
            <li key={p.caminho}>
              <button type="button" className={ROW} onClick={() => setAt(p.caminho)}>
                <Folder aria-hidden />
                <span className="truncate">{p.nome}</span>
              </button>
            </li>
          ))}
          {data.pastas.length === 0 && <li className="px-2.5 py-2 text-[13px] text-subtle">Nenhuma pasta aqui dentro.</li>}
          {data.cortada && <li className="px-2.5 py-2 text-xs text-subtle">Há mais pastas do que cabem aqui.</li>}
        </ul>
      )}
      {name !== null && (
        <form onSubmit={make} className="flex gap-2">
          <Input aria-label="Nome da nova pasta" placeholder="Nome da nova pasta" value={name} onChange={(e) => setName(e.target.value)} />
          <Button type="submit" busy={create.isPending} disabled={!name.trim()}>
            Criar
          </Button>
        </form>
      )}
    </Modal>
  )
}
