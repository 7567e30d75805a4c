import { describe, expect, it } from 'vitest'
import type { DeskRecord, Journal } from '#engine/journal/journal.ts'
import { numberedEntry } from '#test/builders/journal.ts'

/** A journal under test, and how to make its store refuse every write from now on. */
export interface JournalUnderTest {
  readonly journal: Journal
  readonly breakWrites: () => void
}

/** What every journal must do. It is opened with commits at the end of the turn (queueMicrotask). */
export function journalConformance(name: string, create: () => JournalUnderTest): void {
  describe(`journal conformance: ${name}`, () => {
    it('numbers records from 1 without gaps, and chains each to the one before', async () => {
      const { journal } = create()
      const first = await journal.append(numberedEntry(1), numberedEntry(2))
      const second = await journal.append(numberedEntry(3))
      const records = [...first, ...second]
      expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3])
      expect(records.map(({ prevHash }) => prevHash)).toEqual(['0'.repeat(64), records[0]?.hash, records[1]?.hash])
      expect(journal.head()).toMatchObject({ size: 3, hash: records[2]?.hash })
    })

    it('shows records to observers in the turn of the append, and to readers only when they are durable', async () => {
      const { journal } = create()
      const seen: DeskRecord[] = []
      const stop = journal.observe((record) => seen.push(record))
      const appended = journal.append(numberedEntry(1))
      expect(seen.map(({ seq }) => seq)).toEqual([1])
      expect([journal.read(0, 10), journal.head().size]).toEqual([[], 0])
      expect(await appended).toEqual(seen)
      expect(journal.read(0, 10)).toEqual(seen)
      stop()
      await journal.append(numberedEntry(2))
      expect(seen).toHaveLength(1)
    })

    it('commits all that is appended in one turn together', async () => {
      const { journal } = create()
      const commits: number[][] = []
      journal.onCommit((records) => commits.push(records.map(({ seq }) => seq)))
      void journal.append(numberedEntry(1))
      void journal.append(numberedEntry(2), numberedEntry(3))
      await journal.settled()
      await journal.append(numberedEntry(4))
      expect(commits).toEqual([[1, 2, 3], [4]])
    })

    it('reads after a cursor, oldest first, no more than was asked for', async () => {
      const { journal } = create()
      await journal.append(...[1, 2, 3, 4, 5].map(numberedEntry))
      expect(journal.read(2, 2).map(({ seq }) => seq)).toEqual([3, 4])
      expect(journal.read(5, 2)).toEqual([])
    })

    it('shows observers the records in order, even when one of them appends', async () => {
      const { journal } = create()
      const seen: number[] = []
      journal.observe((record) => {
        if (record.seq === 1) void journal.append(numberedEntry(9))
      })
      journal.observe((record) => seen.push(record.seq))
      await journal.append(numberedEntry(1), numberedEntry(2))
      expect(seen).toEqual([1, 2, 3])
    })

    it('keeps what was appended, whatever becomes of the objects that were handed in', async () => {
      const { journal } = create()
      const data = { matched: -0, adjusted: ['a'] }
      const appended = journal.append({
        kind: 'ordersReconciled',
        data,
        actor: { kind: 'system', id: 'desk' },
      })
      data.adjusted.push('b')
      const [record] = await appended
      expect(record?.data).toEqual({ matched: 0, adjusted: ['a'] })
      expect(journal.read(0, 1)).toEqual([record])
    })

    it('appends nothing of a call that holds what JSON cannot hold', async () => {
      const { journal } = create()
      const bad = {
        kind: 'ordersReconciled',
        data: { matched: Number.NaN, adjusted: [] },
        actor: { kind: 'system', id: 'x' },
      } as const
      await expect(journal.append(numberedEntry(1), bad)).rejects.toMatchObject({ code: 'NOT_JSON' })
      expect((await journal.append(numberedEntry(2))).map(({ seq }) => seq)).toEqual([1])
    })

    it('AU-1 rejects all that waits when it cannot write, says so once, and takes nothing after that', async () => {
      const { journal, breakWrites } = create()
      await journal.append(numberedEntry(1))
      const failures: unknown[] = []
      journal.onFailure((error) => failures.push(error))
      breakWrites()
      const waiting = [journal.append(numberedEntry(2)), journal.append(numberedEntry(3)), journal.settled()]
      for (const result of await Promise.allSettled(waiting)) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'JOURNAL_UNWRITABLE' } })
      }
      await expect(journal.append(numberedEntry(4))).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
      await expect(journal.settled()).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
      expect(failures).toEqual([expect.objectContaining({ code: 'JOURNAL_UNWRITABLE', wayOut: expect.any(String) })])
      expect(journal.read(0, 10).map(({ seq }) => seq)).toEqual([1])
      const late: unknown[] = []
      journal.onFailure((error) => late.push(error))
      expect(late).toHaveLength(1)
    })

    it('verifies what it holds', async () => {
      const { journal } = create()
      expect(await journal.verify()).toMatchObject({ status: 'verified', head: { size: 0 } })
      await journal.append(...[1, 2, 3].map(numberedEntry))
      expect(await journal.verify()).toMatchObject({ status: 'verified', head: journal.head() })
    })
  })
}
