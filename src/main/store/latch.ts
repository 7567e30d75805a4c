import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { LatchStore } from '#engine/ports/latch-store.ts'
import { type Latch, latchSchema } from '#shared/domain/trading-state.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { writeDurably } from './durable-file.ts'
import { clearStopRequest, readStopRequest } from './stop-request.ts'

const latchFileSchema = z.strictObject({ latch: latchSchema, checksum: z.string() })

const checksum = (latch: Latch) => hash('sha256', canonicalJson(latch))

/**
 * The latch in latch.json of a data folder, with a checksum, and stop requests from outside in its STOP file (KS-7, KS-17).
 * `load` has to be called before the journal is opened: it throws LATCH_UNREADABLE also when there is no latch beside a
 * journal, for the desk has traded then and nobody knows whether it was stopped (KS-8). `save` throws LATCH_UNWRITABLE.
 */
export function createFileLatchStore(home: string): LatchStore {
  const file = join(home, 'latch.json')

  return {
    load() {
      let text: string
      try {
        text = readFileSync(file, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(file, errorMessage(error))
        if (!holdsJournal(home)) return undefined
        throw unreadable(file, 'It is missing beside a journal.')
      }
      return parse(text, file)
    },
    save(latch) {
      try {
        writeDurably(file, `${JSON.stringify({ latch, checksum: checksum(latch) }, null, 2)}\n`)
      } catch (error) {
        throw new ParleyError('LATCH_UNWRITABLE', `The latch ${file} cannot be written: ${errorMessage(error)}`, {
          details: { file },
          wayOut: 'Free space on the disk and check that the data folder can be written.',
          cause: error,
        })
      }
    },
    stopRequested: () => readStopRequest(home),
    clearStopRequest: () => clearStopRequest(home),
  }
}

function parse(text: string, file: string): Latch {
  let content: z.infer<typeof latchFileSchema>
  try {
    content = latchFileSchema.parse(JSON.parse(text))
  } catch {
    throw unreadable(file, 'It does not hold a latch.')
  }
  if (checksum(content.latch) !== content.checksum) throw unreadable(file, 'Its checksum does not fit.')
  return content.latch
}

/** True when the folder holds a journal or anything that was left of one. */
function holdsJournal(home: string): boolean {
  try {
    return readdirSync(home).some((name) => name.startsWith('journal.'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw unreadable(home, errorMessage(error))
  }
}

function unreadable(file: string, why: string): ParleyError {
  return new ParleyError('LATCH_UNREADABLE', `The latch ${file} cannot be understood: ${why}`, {
    details: { file },
    wayOut: 'Trading stays halted. Check orders and positions at the broker, then re-arm the desk.',
  })
}
