import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

/** Builds the page as it is shipped, alone, into a folder. */
export async function buildPage(folder: string): Promise<void> {
  // Under a test runner React would be built for development.
  process.env['NODE_ENV'] = 'production'
  await build({
    configFile: false,
    root: join(import.meta.dirname, '../../src/renderer'),
    base: './',
    plugins: [react()],
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 1_500 },
  })
}
