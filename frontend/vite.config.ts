import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const HUB = process.env.ETLHUB_URL ?? 'http://localhost:4001'

// The hub compares Origin with Host, so Host stays the one that the browser asked for.
const toHub = { target: HUB, changeOrigin: false, ws: true }

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: 'es2022', chunkSizeWarningLimit: 400, modulePreload: { polyfill: false } },
  server: { proxy: Object.fromEntries(['/api', '/admin', '/static', '/entrar', '/ws'].map((path) => [path, toHub])) },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
