import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryHome } from '#test/builders/home.ts'
import { openAnchor, readAnchor } from './journal-anchor.ts'

const head = {
  size: 123_456,
  hash: 'a'.repeat(64),
  root: 'b'.repeat(64),
  at: 1_700_000_000_000,
  signature: 'c'.repeat(88),
}

it('the anchor holds the last head that was written, a shorter one after a longer one too', () => {
  const file = join(temporaryHome(), 'journal.head')
  expect(readAnchor(file)).toEqual({ status: 'missing' })
  const anchor = openAnchor(file)
  for (const written of [head, { ...head, size: 1, signature: null }, { ...head, size: Number.MAX_SAFE_INTEGER }]) {
    anchor.write(written)
    expect(readAnchor(file)).toEqual({ status: 'known', head: written })
  }
  anchor.close()
  openAnchor(file).close()
  expect(readAnchor(file)).toMatchObject({ status: 'known' })
  writeFileSync(file, '{"size":1}')
  expect(readAnchor(file)).toMatchObject({ status: 'unreadable' })
})
