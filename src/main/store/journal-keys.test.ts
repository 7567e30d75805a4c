import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryHome } from '#test/builders/home.ts'
import { isSignedBy, signHead } from './journal-head.ts'
import { loadJournalKeys } from './journal-keys.ts'

const head = { size: 1, hash: 'a'.repeat(64), root: 'b'.repeat(64) }

it('the signing key is made once, and what it signs can be checked with signing.pub alone', () => {
  const home = temporaryHome()
  const signed = signHead(head, 1_700_000_000_000, loadJournalKeys(home))
  expect(isSignedBy(signed, loadJournalKeys(home).publicKey)).toBe(true)
  expect(isSignedBy(signed, createPublicKey(readFileSync(join(home, 'signing.pub'))))).toBe(true)
  expect(isSignedBy({ ...signed, size: 2 }, loadJournalKeys(home).publicKey)).toBe(false)
  expect(statSync(join(home, 'signing.key')).mode & 0o077).toBe(0)
})

it('a signing key that is damaged or of another kind is refused, never replaced', () => {
  const home = temporaryHome()
  const other = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  for (const content of ['', 'garbage', other]) {
    writeFileSync(join(home, 'signing.key'), content)
    expect(() => loadJournalKeys(home)).toThrowError(expect.objectContaining({ code: 'SIGNING_KEY_UNREADABLE' }))
    expect(readFileSync(join(home, 'signing.key'), 'utf8')).toBe(content)
  }
})
