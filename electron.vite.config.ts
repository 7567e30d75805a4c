import { existsSync, globSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { exchangeNames } from './src/shared/domain/settings.ts'

const at = (path: string) => resolve(import.meta.dirname, path)

// The entries of the main process: the app, the headless host, the command line, and one file a worker.
const entries = ['src/main/index.ts', 'src/main/headless.ts', 'src/main/cli.ts']
  .filter((file) => existsSync(at(file)))
  .concat(globSync('src/main/workers/*.worker.ts', { cwd: import.meta.dirname }))

/** The exchange library's index holds every exchange there is (12 MB): only those that the desk offers are bundled. */
const onlyOurExchanges = {
  name: 'only-our-exchanges',
  enforce: 'pre' as const,
  resolveId(id: string) {
    if (id === 'ccxt') return '\0ccxt'
    // What it loads on demand for exchanges that are not among ours.
    return /\/(dydx-v4-client\/(?!helpers)|protobuf\/mexc\/)/.test(id) ? '\0nothing' : undefined
  },
  load(id: string) {
    if (id === '\0nothing') return ''
    if (id !== '\0ccxt') return undefined
    const imports = exchangeNames.map(
      (name) => `import ${name} from '${at(`node_modules/ccxt/js/src/pro/${name}.js`)}'`,
    )
    return [...imports, `export const pro = { ${exchangeNames.join(', ')} }`].join('\n')
  },
}

export default defineConfig({
  main: {
    plugins: [onlyOurExchanges],
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
