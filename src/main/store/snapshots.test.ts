import { describe, expect, it } from 'vitest'
import { journalOptions, numberedEntry } from '#test/builders/journal.ts'
import { openJournal } from './journal.ts'

async function journalWith(count: number) {
  const journal = openJournal(journalOptions())
  const records = await journal.append(...Array.from({ length: count }, (_, index) => numberedEntry(index + 1)))
  return { journal, records, hash: (seq: number) => records[seq - 1]?.hash ?? '' }
}

describe('snapshots', () => {
  it('let a start replay the tail alone', async () => {
    const { journal, hash } = await journalWith(2_500)
    journal.snapshots.save('desk', 2_490, hash(2_490), JSON.stringify({ stopped: 2_490 }))
    const snapshot = journal.snapshots.load('desk')
    expect(snapshot).toEqual({ seq: 2_490, state: { stopped: 2_490 } })
    const visited: number[] = []
    journal.replay(snapshot?.seq ?? 0, ({ seq }) => visited.push(seq))
    expect(visited).toEqual([2_491, 2_492, 2_493, 2_494, 2_495, 2_496, 2_497, 2_498, 2_499, 2_500])
    let all = 0
    journal.replay(0, ({ seq }) => {
      all += 1
      expect(seq).toBe(all)
    })
    expect(all).toBe(2_500)
  })

  it('are replaced by later ones of the same name, and told apart by name', async () => {
    const { journal, hash } = await journalWith(3)
    journal.snapshots.save('desk', 1, hash(1), '1')
    journal.snapshots.save('desk', 3, hash(3), '3')
    journal.snapshots.save('other', 2, hash(2), '2')
    expect([journal.snapshots.load('desk'), journal.snapshots.load('other'), journal.snapshots.load('none')]).toEqual([
      { seq: 3, state: 3 },
      { seq: 2, state: 2 },
      undefined,
    ])
  })

  it('are ignored when the journal does not hold their record, when they were changed, and when they do not parse', async () => {
    const { journal, hash } = await journalWith(3)
    journal.snapshots.save('other record', 2, hash(1), '{}')
    journal.snapshots.save('ahead', 4, hash(3), '{}')
    journal.snapshots.save('broken', 3, hash(3), '{"positions":')
    journal.snapshots.save('changed', 3, hash(3), '{"quantity":"1"}')
    journal.database.exec("UPDATE snapshots SET state = replace(state, '1', '9') WHERE name = 'changed'")
    for (const name of ['other record', 'ahead', 'broken', 'changed']) {
      expect(journal.snapshots.load(name)).toBeUndefined()
    }
    expect(await journal.verify()).toMatchObject({ status: 'verified' })
  })
})
