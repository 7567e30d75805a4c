import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson } from '#shared/lib/canonical-json.ts'
import { makeHome, temporaryHome } from '#test/builders/home.ts'
import { alterJournal, journalOptions, numberedEntry, testKeys } from '#test/builders/journal.ts'
import { openJournal } from './journal.ts'
import { readAnchor } from './journal-anchor.ts'
import type { SignedHead } from './journal-head.ts'
import { leafHash } from './merkle-tree.ts'
import { openDatabase } from './open-database.ts'
import { verifyJournal } from './verify-journal.ts'

const size = 30
const key = testKeys.publicKey
let pristine: Buffer
let rows: readonly { seq: number; body: string; hash: string }[]
let anchor: SignedHead

function readRows(file: string): typeof rows {
  const database = openDatabase(file, 'FULL')
  try {
    return database.prepare<[], (typeof rows)[number]>('SELECT * FROM journal ORDER BY seq').all()
  } finally {
    database.close()
  }
}

beforeAll(async () => {
  // A signed head at 8, 16 and 24, and one at 30 from closing.
  const home = makeHome()
  const file = join(home, 'journal.db')
  const journal = openJournal(journalOptions({ file, headEvery: 8 }))
  for (let number = 1; number <= size; number++) await journal.append(numberedEntry(number))
  journal.close()
  pristine = readFileSync(file)
  rows = readRows(file)
  const read = readAnchor(file.replace('.db', '.head'))
  if (read.status !== 'known') throw new Error('The anchor was not written.')
  anchor = read.head
  rmSync(home, { recursive: true })
})

function damaged(sql: string): string {
  const file = join(temporaryHome(), 'journal.db')
  writeFileSync(file, pristine)
  alterJournal(file, sql)
  return file
}
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
const row = (seq: number) => rows[seq - 1] as (typeof rows)[number]

/** Record `seq` with another reason, and with hashes that fit: what somebody would write who knows the format. */
function forged(seq: number, prevHash: string): { body: string; hash: string } {
  const body = canonicalJson({ ...JSON.parse(row(Math.min(seq, size)).body), seq, prevHash, reason: 'forged' })
  return { body, hash: leafHash(body) }
}

function makeRoom(from: number): string {
  return `UPDATE journal SET seq = -seq WHERE seq >= ${from}; UPDATE journal SET seq = 1 - seq WHERE seq < 0;`
}

/** Each damage: the SQL that does it, the record that verification must name, and the problem. */
const damages: Record<string, (seq: number) => { sql: string; bad: number; problem: string } | undefined> = {
  'a flipped character in the body': (seq) => {
    const at = 30 + ((seq * 17) % 200)
    const body = row(seq).body
    const character = body[at] === 'x' ? 'y' : 'x'
    return {
      sql: `UPDATE journal SET body = ${quote(body.slice(0, at) + character + body.slice(at + 1))} WHERE seq = ${seq}`,
      bad: seq,
      problem: 'changed',
    }
  },
  'a flipped digit in the hash': (seq) => ({
    sql: `UPDATE journal SET hash = ${quote(`${row(seq).hash.slice(0, 63)}${row(seq).hash[63] === '0' ? '1' : '0'}`)} WHERE seq = ${seq}`,
    bad: seq,
    problem: 'changed',
  }),
  'a changed record whose hash was made to fit': (seq) => {
    // Where a head was signed at this very record, it is the head that tells, and it tells no more than "since the last".
    if (seq % 8 === 0 || seq === size) return undefined
    const { body, hash } = forged(seq, seq === 1 ? '0'.repeat(64) : row(seq - 1).hash)
    return {
      sql: `UPDATE journal SET body = ${quote(body)}, hash = ${quote(hash)} WHERE seq = ${seq}`,
      bad: seq,
      problem: 'changed',
    }
  },
  'a deleted record': (seq) =>
    seq === size ? undefined : { sql: `DELETE FROM journal WHERE seq = ${seq}`, bad: seq, problem: 'missing' },
  'a deleted record, the others renumbered': (seq) =>
    seq === size
      ? undefined
      : {
          sql: `DELETE FROM journal WHERE seq = ${seq}; UPDATE journal SET seq = seq - 1 WHERE seq > ${seq}`,
          bad: seq,
          problem: 'out of order',
        },
  'two records swapped': (seq) =>
    seq === size
      ? undefined
      : {
          sql: `UPDATE journal SET seq = -seq WHERE seq IN (${seq}, ${size}); UPDATE journal SET seq = ${seq} WHERE seq = ${-size}; UPDATE journal SET seq = ${size} WHERE seq = ${-seq};`,
          bad: seq,
          problem: 'out of order',
        },
  'a record inserted that fits the one before': (seq) => {
    if (seq % 8 === 0 || seq === size) return undefined
    const { body, hash } = forged(seq, seq === 1 ? '0'.repeat(64) : row(seq - 1).hash)
    return {
      sql: `${makeRoom(seq)} INSERT INTO journal VALUES (${seq}, ${quote(body)}, ${quote(hash)})`,
      bad: seq,
      problem: 'inserted',
    }
  },
  'a record inserted that fits nothing': (seq) => {
    const { body, hash } = forged(seq, 'f'.repeat(64))
    return {
      sql: `${makeRoom(seq)} INSERT INTO journal VALUES (${seq}, ${quote(body)}, ${quote(hash)})`,
      bad: seq,
      problem: 'changed',
    }
  },
  'a tail cut off, against the signed heads': (seq) => ({
    sql: `DELETE FROM journal WHERE seq >= ${seq}`,
    bad: seq,
    problem: 'cut',
  }),
  'a tail cut off, heads and all, against the anchor': (seq) => ({
    sql: `DELETE FROM journal WHERE seq >= ${seq}; DELETE FROM heads WHERE size >= ${seq}`,
    bad: seq,
    problem: 'cut',
  }),
}

describe('AU-7 verification names the first bad record', () => {
  it('and finds nothing in a journal that nobody touched', async () => {
    expect(await verifyJournal(damaged(''), key, anchor)).toEqual({
      status: 'verified',
      head: { size, hash: row(size).hash, root: anchor.root },
      signedHeads: 5,
    })
  })

  for (const [name, damage] of Object.entries(damages)) {
    it(`after ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: size }), async (seq) => {
          const done = damage(seq)
          fc.pre(done !== undefined)
          if (done === undefined) return
          const expected = { status: 'broken', firstBadSeq: done.bad, problem: done.problem }
          expect(await verifyJournal(damaged(done.sql), key, anchor)).toMatchObject(expected)
        }),
        { numRuns: 30 },
      )
    })
  }

  it('or the first after the last head that fits, where all from some point on was written anew', async () => {
    let sql = ''
    let prevHash = row(18).hash
    for (let seq = 19; seq <= size; seq++) {
      const { body, hash } = forged(seq, prevHash)
      sql += `UPDATE journal SET body = ${quote(body)}, hash = ${quote(hash)} WHERE seq = ${seq};`
      prevHash = hash
    }
    const expected = { status: 'broken', firstBadSeq: 17, problem: 'a signed head that does not fit' }
    expect(await verifyJournal(damaged(sql), key, anchor)).toMatchObject(expected)
    const withoutHeads = damaged(`${sql} DELETE FROM heads WHERE size > 16`)
    expect(await verifyJournal(withoutHeads, key, anchor)).toMatchObject(expected)
  })

  it('and trusts no head that was signed with another key or changed', async () => {
    const other = generateKeyPairSync('ed25519').publicKey
    const doesNotFit = { status: 'broken', problem: 'a signed head that does not fit' }
    expect(await verifyJournal(damaged(''), other, anchor)).toMatchObject({ ...doesNotFit, firstBadSeq: 1 })
    const moved = damaged('UPDATE heads SET at = at + 1 WHERE size = 16')
    expect(await verifyJournal(moved, key, anchor)).toMatchObject({ ...doesNotFit, firstBadSeq: 16 })
    const otherRoot = damaged(`UPDATE heads SET root = '${'a'.repeat(64)}' WHERE size = 16`)
    expect(await verifyJournal(otherRoot, undefined, anchor)).toMatchObject({ ...doesNotFit, firstBadSeq: 9 })
    const forgedAnchor = { ...anchor, hash: 'a'.repeat(64) }
    expect(await verifyJournal(damaged(''), key, forgedAnchor)).toMatchObject({ ...doesNotFit, firstBadSeq: size })
  })

  it('or says that the file cannot be read, and throws for no damage at all', async () => {
    const file = join(temporaryHome(), 'journal.db')
    expect(await verifyJournal(file, key, anchor)).toMatchObject({ status: 'broken', problem: 'unreadable' })
    writeFileSync(file, 'garbage')
    expect(await verifyJournal(file, key, anchor)).toMatchObject({ status: 'broken', problem: 'unreadable' })
  })

  it('whatever bytes of the file were overwritten: a journal with other records is never called whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(pristine.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
        async (overwrites) => {
          const file = join(temporaryHome(), 'journal.db')
          const bytes = Buffer.from(pristine)
          for (const { at, byte } of overwrites) bytes[at] = byte
          writeFileSync(file, bytes)
          const found = await verifyJournal(file, key, anchor)
          let now: typeof rows | undefined
          try {
            now = readRows(file)
          } catch {
            now = undefined
          }
          const isWhole = JSON.stringify(now) === JSON.stringify(rows)
          if (!isWhole) expect(found.status).toBe('broken')
          if (found.status === 'broken' && now !== undefined && !isWhole) {
            // Nothing before the record that is named was touched.
            expect(now.slice(0, found.firstBadSeq - 1)).toEqual(rows.slice(0, found.firstBadSeq - 1))
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

it('AU-9 verification works beside a desk that has the file open and goes on writing', async () => {
  const file = join(temporaryHome(), 'journal.db')
  const journal = openJournal(journalOptions({ file, headEvery: 8 }))
  await journal.append(...Array.from({ length: 700 }, (_, index) => numberedEntry(index)))
  const check = verifyJournal(file, key, undefined)
  await journal.append(numberedEntry(701))
  expect(await check).toMatchObject({ status: 'verified', head: { size: 700 } })
  expect(await journal.verify()).toMatchObject({ status: 'verified', head: { size: 701 } })
  const copy = join(temporaryHome(), 'copy.db')
  journal.close()
  copyFileSync(file, copy)
  expect(await verifyJournal(copy, key, undefined)).toMatchObject({ status: 'verified', signedHeads: 89 })
})
