import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMerkleTree, leafHash } from './merkle-tree.ts'

/** MTH of RFC 6962, section 2.1, word for word. */
function merkleTreeHash(leaves: readonly string[]): Buffer {
  const sha256 = (...parts: (string | Uint8Array)[]) =>
    parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
  if (leaves.length === 0) return sha256('')
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0] as string)
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Uint8Array.of(1), merkleTreeHash(leaves.slice(0, k)), merkleTreeHash(leaves.slice(k)))
}

describe('AU-6 Merkle tree', () => {
  it('has the root that RFC 6962 defines, for every number of leaves', () => {
    const tree = createMerkleTree()
    const leaves: string[] = []
    for (let index = 0; index < 130; index++) {
      expect(tree.root()).toBe(merkleTreeHash(leaves).toString('hex'))
      leaves.push(`record ${index}`)
      tree.append(leafHash(`record ${index}`))
    }
  })

  it('has the root of the Certificate Transparency reference tests', () => {
    // The first four of their leaves are bytes that are text too: "", 0x00, 0x10, 0x20 0x21.
    const tree = createMerkleTree()
    for (const leaf of ['', '\u0000', '\u0010', ' !']) tree.append(leafHash(leaf))
    expect(tree.root()).toBe('d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7')
  })

  it('goes on from its peaks as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (before, after) => {
        const whole = createMerkleTree()
        for (let index = 0; index < before; index++) whole.append(leafHash(`${index}`))
        const resumed = createMerkleTree(whole.size, whole.peaks())
        for (let index = 0; index < after; index++) {
          whole.append(leafHash(`after ${index}`))
          resumed.append(leafHash(`after ${index}`))
        }
        expect([resumed.size, resumed.root(), resumed.peaks()]).toEqual([whole.size, whole.root(), whole.peaks()])
      }),
      { numRuns: 40 },
    )
  })
})
