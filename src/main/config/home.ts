import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where the desk keeps its data: what was asked for, PARLEY_HOME, or the system's usual place; always absolute. */
export function resolveHome(asked: string | undefined): string {
  return resolve(asked ?? process.env['PARLEY_HOME'] ?? usualPlace())
}

function usualPlace(): string {
  switch (process.platform) {
    case 'win32':
      return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Parley')
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Parley')
    default:
      return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'parley')
  }
}
