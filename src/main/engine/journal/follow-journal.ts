import type { DeskRecord, Journal } from './journal.ts'

const pageSize = 500

/**
 * Durable records after a cursor (0 for all), in pages of at most 500, and then the later ones as they are committed:
 * each once, in order. A slow reader is no burden: nothing is queued, the journal is read again from where the reader
 * is. Ends, with its listeners gone, when the signal aborts or the reader stops.
 */
export async function* followJournal(
  journal: Pick<Journal, 'read' | 'onCommit'>,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly DeskRecord[], void, undefined> {
  if (signal.aborted) return
  let wake = (): void => {}
  const stop = journal.onCommit(() => wake())
  const onAbort = (): void => {
    stop()
    wake()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    let cursor = after
    while (!signal.aborted) {
      const records = journal.read(cursor, pageSize)
      const last = records.at(-1)
      if (last === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      } else {
        cursor = last.seq
        yield records
      }
    }
  } finally {
    stop()
    signal.removeEventListener('abort', onAbort)
  }
}
