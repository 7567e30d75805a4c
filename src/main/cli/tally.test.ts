import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { tallyFile } from './tally.ts'

const folder = mkdtempSync(join(tmpdir(), 'parley-tally-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(content: unknown): string {
  const file = join(folder, 'election.json')
  writeFileSync(file, JSON.stringify(content))
  return file
}

const election = {
  candidates: ['A', 'B', 'C'],
  ballots: [
    [[['A'], ['B', 'C']], 2],
    [[['B'], ['C']], 3],
  ],
}

it('ranks the election of a file by the named method', () => {
  expect(tallyFile(fileOf(election), 'schulze')).toEqual({ ranking: [['B'], ['C'], ['A']] })
  expect(tallyFile(fileOf(election), 'Plurality')).toEqual({ ranking: [['B'], ['A'], ['C']] })
  expect(tallyFile(fileOf(election), 'IRV')).toEqual({ ranking: [['B'], ['C'], ['A']] })
})

it('says what is wrong with the file or the method', () => {
  expect(() => tallyFile(fileOf({ candidates: [] }), 'borda')).toThrowError(
    expect.objectContaining({ code: 'ELECTION_UNREADABLE' }),
  )
  expect(() => tallyFile(join(folder, 'missing.json'), 'borda')).toThrowError(
    expect.objectContaining({ code: 'ELECTION_UNREADABLE' }),
  )
  expect(() => tallyFile(fileOf(election), 'dice')).toThrowError(expect.objectContaining({ code: 'METHOD_UNKNOWN' }))
})
