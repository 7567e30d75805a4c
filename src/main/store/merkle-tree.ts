import { hash } from 'node:crypto'

/** The Merkle root over a growing list of leaves, after RFC 6962, section 2.1. */
export interface MerkleTree {
  readonly size: number
  /** Adds a leaf by its hash (64 hexadecimal digits). */
  append(leafHash: string): void
  /** The root over all leaves so far; SHA-256 of nothing for an empty tree. */
  root(): string
  /** The roots of the perfect subtrees that make up the tree, largest first: all that is needed to go on from here. */
  peaks(): readonly string[]
}

/** The hash of a leaf: SHA-256(0x00 || text as UTF-8). */
export function leafHash(text: string): string {
  return hash('sha256', `\0${text}`)
}

/** Creates a tree, or goes on from the size and peaks of an earlier one. Keeps log n nodes; a leaf costs one node on average. */
export function createMerkleTree(size = 0, peaks: readonly string[] = []): MerkleTree {
  const nodes: Buffer[] = peaks.map((peak) => Buffer.from(peak, 'hex'))
  // 0x01, then the left and the right child.
  const input = new Uint8Array(65)
  input[0] = 1

  function join(left: Uint8Array, right: Uint8Array): Buffer {
    input.set(left, 1)
    input.set(right, 33)
    return hash('sha256', input, 'buffer')
  }

  return {
    get size() {
      return size
    },
    append(leaf) {
      let node: Buffer = Buffer.from(leaf, 'hex')
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) node = join(nodes.pop() as Buffer, node)
      nodes.push(node)
      size += 1
    },
    root() {
      const last = nodes.at(-1)
      if (last === undefined) return hash('sha256', '')
      return nodes
        .slice(0, -1)
        .reduceRight<Buffer>((right, left) => join(left, right), last)
        .toString('hex')
    },
    peaks: () => nodes.map((node) => node.toString('hex')),
  }
}
