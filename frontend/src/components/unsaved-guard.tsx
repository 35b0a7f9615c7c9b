import { useEffect } from 'react'
import { useBlocker } from 'react-router'
import { Confirm } from './ui/confirm'

/** Asks before leaving a page, or one of its forms, while `dirty`. */
export function UnsavedGuard({ dirty }: { dirty: boolean }) {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      dirty && (currentLocation.pathname !== nextLocation.pathname || currentLocation.search !== nextLocation.search),
  )
  useEffect(() => {
    if (!dirty) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [dirty])
  return (
    <Confirm
      open={blocker.state === 'blocked'}
      title="Descartar as alterações?"
      action="Descartar"
      onCancel={() => blocker.reset?.()}
      onConfirm={() => blocker.proceed?.()}
    >
      O que foi alterado aqui ainda não foi salvo.
    </Confirm>
  )
}
