import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openJournal } from '#store/journal.ts'
import { journalOptions, numberedEntry } from '#test/builders/journal.ts'
import { followJournal } from './follow-journal.ts'
import type { Journal } from './journal.ts'

/** A journal that knows how many listen to its commits, and a signal that knows how many listen to it. */
function watched() {
  const journal = openJournal(journalOptions())
  const controller = new AbortController()
  let listeners = 0
  const onCommit: Journal['onCommit'] = (listener) => {
    const stop = journal.onCommit(listener)
    listeners += 1
    let stopped = false
    return () => {
      if (!stopped) listeners -= 1
      stopped = true
      stop()
    }
  }
  const { signal } = controller
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  const onSignal = new Set<unknown>()
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    onSignal.add(args[1])
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    onSignal.delete(args[1])
    remove(...args)
  }
  return {
    journal,
    controller,
    follow: (after: number) => followJournal({ read: (...args) => journal.read(...args), onCommit }, after, signal),
    journalListeners: () => listeners,
    listeners: () => listeners + onSignal.size,
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('following the journal', () => {
  it('gives every record after the cursor once and in order, however the reader and the writer take turns', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.array(fc.record({ appends: fc.nat(4), reads: fc.nat(2), pause: fc.boolean() }), { maxLength: 15 }),
        async (after, turns) => {
          const { journal, controller, follow, listeners } = watched()
          const seen: number[] = []
          const pages = follow(after)
          let reading = Promise.resolve()
          let appended = 0
          for (const { appends, reads, pause } of turns) {
            for (let count = 0; count < appends; count++) void journal.append(numberedEntry(++appended))
            for (let count = 0; count < reads; count++) {
              reading = reading.then(async () => {
                const page = await pages.next()
                if (page.done !== true) seen.push(...page.value.map(({ seq }) => seq))
              })
            }
            if (pause) await turn()
          }
          await journal.settled()
          reading = reading.then(async () => {
            for await (const page of pages) seen.push(...page.map(({ seq }) => seq))
          })
          while ((seen.at(-1) ?? after) < appended) await turn()
          controller.abort()
          await reading
          expect(seen).toEqual(numbers(after + 1, appended))
          expect(listeners()).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('reads in pages, so that a reader that was away never gets all at once', async () => {
    const { journal, controller, follow } = watched()
    await journal.append(...numbers(1, 1_200).map(numberedEntry))
    const sizes: number[] = []
    for await (const page of follow(0)) {
      sizes.push(page.length)
      if (page.at(-1)?.seq === 1_200) break
    }
    expect(sizes).toEqual([500, 500, 200])
    controller.abort()
  })

  it('leaves no listener behind: aborted while it waits, while the reader is busy, before it began, or left by the reader', async () => {
    const waiting = watched()
    const next = waiting.follow(0).next()
    await turn()
    expect(waiting.listeners()).toBe(2)
    waiting.controller.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(waiting.listeners()).toBe(0)

    const busy = watched()
    await busy.journal.append(numberedEntry(1))
    const pages = busy.follow(0)
    await pages.next()
    busy.controller.abort()
    expect(busy.journalListeners()).toBe(0)
    expect(await pages.next()).toEqual({ done: true, value: undefined })
    expect(busy.listeners()).toBe(0)

    const early = watched()
    early.controller.abort()
    expect(await early.follow(0).next()).toEqual({ done: true, value: undefined })
    expect(early.listeners()).toBe(0)

    const left = watched()
    await left.journal.append(numberedEntry(1))
    for await (const page of left.follow(0)) if (page.length > 0) break
    expect(left.listeners()).toBe(0)
  })
})
