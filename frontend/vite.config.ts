import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const HUB = process.env.ETLHUB_URL ?? 'http://localhost:4001'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: 'es2022', chunkSizeWarningLimit: 400, modulePreload: { polyfill: false } },
  server: {
    proxy: { '/api': HUB, '/admin': HUB, '/static': HUB, '/entrar': HUB, '/ws': { target: HUB.replace(/^http/, 'ws'), ws: true } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
