import { useEffect, useRef } from 'react'
import { Outlet, useNavigation } from 'react-router'
import type { Usuario } from '@/lib/api/types'
import { loadPreferences } from '@/lib/preferences'
import { cn } from '@/lib/utils'
import { CodeDialog } from '@/features/codigo/code-dialog'
import { SessionDialog } from '@/features/auth/session-dialog'
import { ConnectionBanner } from './connection-banner'
import { useLiveFeed } from './live'
import { PaletteHost } from './palette-host'
import { MobileBar, Sidebar } from './sidebar'
import { WindowState } from './window-state'

export function Layout({ me }: { me: Usuario }) {
  useLiveFeed()
  useEffect(() => void loadPreferences(), [me.username])
  const main = useRef<HTMLElement>(null)
  const navigating = useNavigation().state !== 'idle'
  return (
    <div className="flex min-h-dvh">
      <a
        href="#conteudo"
        onClick={(e) => {
          e.preventDefault()
          main.current?.focus()
        }}
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Ir para o conteúdo
      </a>
      <Sidebar me={me} />
      <div className="flex min-h-dvh min-w-0 flex-1 flex-col">
        <MobileBar me={me} />
        <ConnectionBanner />
        <main
          id="conteudo"
          ref={main}
          tabIndex={-1}
          aria-busy={navigating}
          className={cn('flex min-h-0 flex-1 flex-col outline-none', navigating && 'opacity-70 transition-opacity delay-150')}
        >
          <Outlet />
        </main>
      </div>
      <WindowState />
      <CodeDialog />
      <PaletteHost />
      <SessionDialog username={me.username} />
    </div>
  )
}
