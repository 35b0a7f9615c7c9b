import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect } from 'react'
import { RouterProvider } from 'react-router'
import { Toaster } from 'sonner'
import { queryClient } from '@/lib/api/queries'
import { useTheme, watchSystemTheme } from '@/lib/theme'
import { router } from './router'

export function App() {
  const theme = useTheme((s) => s.theme)
  useEffect(watchSystemTheme, [])
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
      <Toaster
        theme={theme}
        position="bottom-right"
        closeButton
        containerAriaLabel="Avisos"
        toastOptions={{ closeButtonAriaLabel: 'Fechar aviso', style: { fontFamily: 'var(--default-font-family)' } }}
      />
    </QueryClientProvider>
  )
}
