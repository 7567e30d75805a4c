import { existsSync, globSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string) => resolve(import.meta.dirname, path)

// The entries of the main process: the app, the headless host, the command line, and one file a worker.
const entries = ['src/main/index.ts', 'src/main/headless.ts', 'src/main/cli.ts']
  .filter((file) => existsSync(at(file)))
  .concat(globSync('src/main/workers/*.worker.ts', { cwd: import.meta.dirname }))

export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      sourcemap: true,
      // What is in `dependencies` stays outside (native code, own worker files); everything else is bundled.
      externalizeDeps: true,
      rolldownOptions: {
        input: Object.fromEntries(entries.map((file) => [basename(file, '.ts'), at(file)])),
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      // A sandboxed preload can require nothing: one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      sourcemap: true,
      minify: true,
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: { input: at('src/renderer/index.html') },
    },
  },
})
