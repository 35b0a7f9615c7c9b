import { Modal } from '@/components/ui/dialog'
import { useSession } from '@/lib/session'
import { LoginForm } from './login-form'

/** Asks for the password over the page when the session ended, so that nothing typed there is lost. */
export function SessionDialog({ username }: { username: string }) {
  const expired = useSession((s) => s.expired)
  return (
    <Modal
      open={expired}
      kind="alert"
      title="Sua sessão terminou"
      description="Entre de novo para continuar de onde parou. O que está na página foi mantido."
      className="max-w-sm"
    >
      <LoginForm username={username} />
    </Modal>
  )
}
