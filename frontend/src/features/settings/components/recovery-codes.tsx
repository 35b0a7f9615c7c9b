import { Copy } from 'lucide-react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Modal } from '@/components/ui/dialog'

/** Shows the recovery codes, once. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const copy = () =>
    navigator.clipboard.writeText(codes.join('\n')).then(
      () => toast.success('Códigos copiados.'),
      () => toast.error('O navegador não permitiu copiar; selecione o texto.'),
    )
  return (
    <Modal
      open
      kind="alert"
      title="Guarde os códigos de recuperação"
      description="Não serão mostrados de novo. Cada um vale uma vez, no lugar do aplicativo, se você ficar sem o celular."
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
      <ul data-testid="codigos" className="grid gap-x-6 gap-y-1.5 rounded-md bg-muted px-3 py-2.5 font-mono text-xs select-all sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Modal>
  )
}
