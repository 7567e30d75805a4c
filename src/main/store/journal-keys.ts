import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { writeDurably } from './durable-file.ts'
import type { JournalKeys } from './journal-head.ts'

/**
 * The key pair that signs the journal's heads, from signing.key in the data folder (PKCS #8, readable by its owner alone);
 * made on the first start, together with signing.pub for whoever verifies from outside. Throws SIGNING_KEY_UNREADABLE.
 */
export function loadJournalKeys(home: string): JournalKeys {
  const file = join(home, 'signing.key')
  try {
    const privateKey = createPrivateKey(readFileSync(file, 'utf8'))
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('It is not an Ed25519 key.')
    return { privateKey, publicKey: createPublicKey(privateKey) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return makeKeys(home, file)
    throw new ParleyError('SIGNING_KEY_UNREADABLE', `${file} cannot be used: ${errorMessage(error)}`, {
      details: { file },
      wayOut: 'Bring the file back from a backup; without it the journal goes on in a new file.',
      cause: error,
    })
  }
}

function makeKeys(home: string, file: string): JournalKeys {
  const keys = generateKeyPairSync('ed25519')
  writeDurably(join(home, 'signing.pub'), keys.publicKey.export({ type: 'spki', format: 'pem' }).toString())
  writeDurably(file, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  return keys
}

/** The public key that the heads of a folder's journal are signed for; undefined when the folder has none. */
export function readPublicKey(home: string): KeyObject | undefined {
  const file = join(home, 'signing.pub')
  return existsSync(file) ? createPublicKey(readFileSync(file, 'utf8')) : undefined
}
