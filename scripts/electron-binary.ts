import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
const patienceMs = 5_000

/** Electron's binary as its package noted it down; undefined when it was never fetched. */
export function findElectron(): string | undefined {
  const note = join(folder, 'path.txt')
  if (!existsSync(note)) return undefined
  const path = join(folder, 'dist', readFileSync(note, 'utf8'))
  return existsSync(path) ? path : undefined
}

/**
 * Fetches Electron's binary with its package's own installer. Gives up when nothing has arrived within five seconds;
 * once it arrives, takes the time it needs. Resolves undefined when it cannot be had.
 */
export async function fetchElectron(say: (line: string) => void): Promise<string | undefined> {
  const temporary = mkdtempSync(join(tmpdir(), 'parley-electron-'))
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary }
  const installer = spawn(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', env })
  const timer = setTimeout(() => {
    if (size(temporary) === 0) installer.kill('SIGKILL')
    else say('Fetching Electron, once (about 120 MB) ...')
  }, patienceMs)
  await new Promise((resolve) => installer.once('close', resolve).once('error', resolve))
  clearTimeout(timer)
  rmSync(temporary, { recursive: true, force: true })
  return findElectron()
}

function size(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}
