import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { StopRequest } from '#engine/ports/latch-store.ts'
import type { StopLevel } from '#shared/domain/trading-state.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { writeDurably } from './durable-file.ts'

const stopFile = (home: string) => join(home, 'STOP')
const longestReason = 500
/** Cancels what adds risk and keeps protection: what a file that says nothing else asks for. */
const usualLevel: StopLevel = 2

/**
 * Asks the desk that has the data folder to stop, from any process, whether it runs or not (KS-17). A request that nobody
 * has taken up yet is never made less. Throws HOME_NOT_FOUND for a folder that is not there, in which no desk can be, and
 * HOME_NOT_WRITABLE.
 */
export function requestStop(home: string, level: StopLevel, reason: string): void {
  const before = readStopRequest(home)?.level ?? level
  try {
    writeDurably(stopFile(home), `level: ${before > level ? before : level}\n${reason}`)
  } catch (cause) {
    if (!existsSync(home)) {
      throw new ParleyError('HOME_NOT_FOUND', `There is no data folder ${home}: no desk was stopped.`, {
        details: { home },
        wayOut: 'Name the folder of your desk with --home; its host says which one it is when it opens.',
        cause,
      })
    }
    throw new ParleyError('HOME_NOT_WRITABLE', `The STOP file cannot be left in ${home}: ${errorMessage(cause)}`, {
      details: { home },
      wayOut: 'Give yourself permission to write in it, or free some space.',
      cause,
    })
  }
}

/**
 * The stop that was asked for by the STOP file; undefined when there is none. That the file is there is enough: anybody
 * can make it with any tool. A first line "level: 1", 2 or 3 asks for that level, anything else is the reason of level 2.
 */
export function readStopRequest(home: string): StopRequest | undefined {
  let text: string
  try {
    text = readFileSync(stopFile(home), 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    return { level: usualLevel, reason: 'Stopped by a STOP file that cannot be read' }
  }
  const [, asked, rest] = /^level[: ] *([123])[ \t]*(?:\r?\n([\s\S]*))?$/i.exec(text.trim()) ?? []
  const level = asked === undefined ? usualLevel : (Number(asked) as StopLevel)
  const reason = (asked === undefined ? text : (rest ?? '')).trim()
  return { level, reason: reason.slice(0, longestReason) || 'Stopped by a STOP file' }
}

/** Forgets the request once it has been taken up. */
export function clearStopRequest(home: string): void {
  rmSync(stopFile(home), { recursive: true, force: true })
}
