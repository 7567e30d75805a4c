import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from './durable-file.ts'

const stopFile = (home: string) => join(home, 'STOP')
const longestReason = 500

/** Asks the desk that has the data folder to stop, from any process, whether it runs or not (KS-17). */
export function requestStop(home: string, reason: string): void {
  writeDurably(stopFile(home), reason)
}

/**
 * The stop that was asked for by the STOP file; undefined when there is none. That the file is there is enough: anybody
 * can make it with any tool, and what stands in it is only the reason.
 */
export function readStopRequest(home: string): { readonly reason: string } | undefined {
  let text: string
  try {
    text = readFileSync(stopFile(home), 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    return { reason: 'Stopped by a STOP file that cannot be read' }
  }
  return { reason: text.trim().slice(0, longestReason) || 'Stopped by a STOP file' }
}

/** Forgets the request once it has been taken up. */
export function clearStopRequest(home: string): void {
  rmSync(stopFile(home), { recursive: true, force: true })
}
