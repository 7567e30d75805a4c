import { type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { type JournalHead, journalHeadSchema } from '#shared/domain/journal.ts'
import { canonicalJson } from '#shared/lib/canonical-json.ts'

/** What comes before the first record where no earlier journal is continued. */
export const genesisHash = '0'.repeat(64)

/** An Ed25519 key pair, as node:crypto's generateKeyPairSync('ed25519') makes it. */
export interface JournalKeys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** A head with the moment of its making (epoch ms) and an Ed25519 signature in base64; null where the journal has no keys. */
export const signedHeadSchema = journalHeadSchema.extend({ at: z.int(), signature: z.string().nullable() })
export type SignedHead = z.infer<typeof signedHeadSchema>

function signedText({ size, hash, root }: JournalHead, at: number): Buffer {
  return Buffer.from(`parley journal head\n${canonicalJson({ size, hash, root, at })}`)
}

/** Signs a head; without keys the signature is null. */
export function signHead(head: JournalHead, at: number, keys: JournalKeys | undefined): SignedHead {
  const signature = keys === undefined ? null : sign(null, signedText(head, at), keys.privateKey).toString('base64')
  return { size: head.size, hash: head.hash, root: head.root, at, signature }
}

/** True when the head was signed with the key's other half; without a key there is nothing to check. */
export function isSignedBy(head: SignedHead, publicKey: KeyObject | undefined): boolean {
  if (publicKey === undefined) return true
  return (
    head.signature !== null && verify(null, signedText(head, head.at), publicKey, Buffer.from(head.signature, 'base64'))
  )
}
