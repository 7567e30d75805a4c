import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')

const products = ['out/main/index.js', 'out/main/headless.js', 'out/preload/index.cjs', 'out/renderer/index.html']
const sources = ['src', 'electron.vite.config.ts', 'package.json']

/** True when out/ is missing something or older than a source. */
export function isStale(): boolean {
  const built = products.map((file) => join(root, file))
  if (!built.every((file) => existsSync(file))) return true
  const oldest = Math.min(...built.map((file) => statSync(file).mtimeMs))
  return Math.max(...sources.map((path) => newest(join(root, path)))) > oldest
}

/** Builds out/; false when that failed, after saying why. */
export function build(): boolean {
  const cli = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'build'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) console.log(`${stdout}${stderr}`)
  return status === 0
}

function newest(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  // A folder's own time tells of files that were taken away.
  return readdirSync(path).reduce((time, name) => Math.max(time, newest(join(path, name))), stat.mtimeMs)
}
