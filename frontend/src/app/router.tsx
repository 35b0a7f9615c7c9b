import { createBrowserRouter, Navigate } from 'react-router'
import { ErrorPage } from './error-page'
import { Guard } from './guard'
import { NotFound } from './not-found'
import { PageLoading } from './page-loading'

export const router = createBrowserRouter([
  {
    path: '/login',
    ErrorBoundary: ErrorPage,
    HydrateFallback: PageLoading,
    lazy: async () => ({ Component: (await import('@/features/auth/login-page')).LoginPage }),
  },
  {
    Component: Guard,
    ErrorBoundary: ErrorPage,
    HydrateFallback: PageLoading,
    children: [
      {
        // Each page has its own boundary, so that the menu stays when one fails.
        ErrorBoundary: ErrorPage,
        children: [
          {
            index: true,
            lazy: async () => ({ Component: (await import('@/features/dashboard/dashboard-page')).DashboardPage }),
          },
          { path: 'etl', lazy: async () => ({ Component: (await import('@/features/etl/etl-page')).EtlPage }) },
          {
            path: 'logs/:jobId?',
            lazy: async () => ({ Component: (await import('@/features/logs/logs-page')).LogsPage }),
          },
          { path: 'jobs', lazy: async () => ({ Component: (await import('@/features/historico/jobs-page')).JobsPage }) },
          {
            path: 'jobs/:jobId',
            lazy: async () => ({ Component: (await import('@/features/historico/job-page')).JobPage }),
          },
          {
            path: 'portfolio',
            lazy: async () => ({ Component: (await import('@/features/portfolio/portfolio-page')).PortfolioPage }),
          },
          {
            path: 'settings',
            lazy: async () => ({ Component: (await import('@/features/settings/settings-page')).SettingsPage }),
            children: [
              { index: true, element: <Navigate to="credenciais" replace /> },
              {
                path: 'credenciais',
                lazy: async () => ({ Component: (await import('@/features/settings/credenciais-tab')).CredenciaisTab }),
              },
              {
                path: 'caminhos',
                lazy: async () => ({ Component: (await import('@/features/settings/caminhos-tab')).CaminhosTab }),
              },
              {
                path: 'fundos',
                lazy: async () => ({ Component: (await import('@/features/settings/fundos-tab')).FundosTab }),
              },
              {
                path: 'chaves',
                lazy: async () => ({ Component: (await import('@/features/settings/chaves-tab')).ChavesTab }),
              },
              {
                path: 'preferencias',
                lazy: async () => ({ Component: (await import('@/features/settings/preferencias-tab')).PreferenciasTab }),
              },
            ],
          },
          { path: '*', Component: NotFound },
        ],
      },
    ],
  },
])
