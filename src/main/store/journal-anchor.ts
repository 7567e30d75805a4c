import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { type SignedHead, signedHeadSchema } from './journal-head.ts'

/** What stands in the anchor file: a head; nothing, where there is no file; or something that cannot be understood. */
export type Anchor =
  | { readonly status: 'known'; readonly head: SignedHead }
  | { readonly status: 'missing' }
  | { readonly status: 'unreadable'; readonly reason: string }

/** Reads the anchor: the newest head of the journal, kept outside its database so that a cut tail is noticed (AU-7). */
export function readAnchor(file: string): Anchor {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { status: 'missing' }
    return { status: 'unreadable', reason: (error as Error).message }
  }
  try {
    return { status: 'known', head: signedHeadSchema.parse(JSON.parse(text)) }
  } catch {
    return { status: 'unreadable', reason: `${file} does not hold a journal head.` }
  }
}

/** Writes the anchor again and again in place. */
export interface AnchorWriter {
  write(head: SignedHead): void
  close(): void
}

// All heads take the same room, less than the smallest sector (512 bytes): one write in place is never seen half done.
const anchorBytes = 480

/** Opens the anchor for writing, keeping what it holds. It is not synced: after a power cut it may be behind, never ahead. */
export function openAnchor(file: string): AnchorWriter {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT)
  return {
    write: (head) => writeSync(descriptor, `${JSON.stringify(head).padEnd(anchorBytes - 1)}\n`, 0),
    close: () => closeSync(descriptor),
  }
}
