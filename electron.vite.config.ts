import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// The oldest Electron that the app is tested in (33): newer syntax is translated down to it.
const NODE = 'node20.18'
const CHROME = 'chrome130'

export default defineConfig({
  main: {
    build: {
      target: NODE,
      outDir: 'out/main',
      externalizeDeps: { exclude: ['@orpc/server', '@orpc/contract', '@orpc/client', 'zod', 'yaml'] },
      rollupOptions: { input: { index: resolve('src/main/index.ts') } },
    },
  },
  preload: {
    build: {
      target: NODE,
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: resolve('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    build: {
      target: CHROME,
      // Read at every start. The engine stays as it is written: its stack traces end up in the log.
      minify: true,
      outDir: 'out/renderer',
      // One file, read from the disk beside it: nothing is gained by cutting it up, but for what draws the charts, which
      // only a node's own screen loads. 250 KB packed is the budget.
      chunkSizeWarningLimit: 1_000,
      rollupOptions: { input: resolve('src/renderer/index.html') },
    },
    plugins: [react(), tailwindcss()],
  },
})
