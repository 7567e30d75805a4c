import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { journalOptions, numberedEntry } from '#test/builders/journal.ts'
import { openJournal } from './journal.ts'
import { lastMomentOf } from './last-moment.ts'

describe('the last moment of a journal', () => {
  it('is that of its last record, also while a desk writes it; unknown without one, and where it cannot be read', async () => {
    const home = temporaryHome()
    const file = join(home, 'journal.db')
    expect(lastMomentOf(file)).toBeUndefined()
    const clock = createVirtualClock(1_700_000_000_000)
    const journal = openJournal(journalOptions({ file, clock }))
    expect(lastMomentOf(file)).toBeUndefined()
    for (const number of [1, 2]) {
      clock.jump(5_000)
      await journal.append(numberedEntry(number))
    }
    expect(lastMomentOf(file)).toBe(1_700_000_010_000)
    journal.close()
    expect(lastMomentOf(file)).toBe(1_700_000_010_000)
    writeFileSync(join(home, 'broken.db'), 'no database')
    expect(lastMomentOf(join(home, 'broken.db'))).toBeUndefined()
  })
})
