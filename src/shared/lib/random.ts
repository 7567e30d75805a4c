import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of random numbers. The same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number
  /** A whole number, uniform in [min, max], both included. */
  int(min: number, max: number): number
  /** Standard normal: mean 0, standard deviation 1. */
  normal(): number
  /** True with the given probability. */
  chance(probability: number): boolean
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T
  /** An independent stream that depends on this stream's seed and the name alone, not on what was drawn before. */
  fork(name: string): Random
}

/** 32-bit FNV-1a hash of a string, finished with MurmurHash3's mixer so that close names give far seeds. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Creates a stream (xoroshiro128+) from a whole-number seed; normals by Marsaglia's polar method. */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0)
  let spare: number | undefined

  const float = () => uniformFloat64(generator)
  const int = (min: number, max: number) => uniformInt(generator, min, max)

  function normal(): number {
    if (spare !== undefined) {
      const value = spare
      spare = undefined
      return value
    }
    for (;;) {
      const u = 2 * float() - 1
      const v = 2 * float() - 1
      const s = u * u + v * v
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s)
        spare = v * scale
        return u * scale
      }
    }
  }

  function pick<T>(items: readonly T[]): T {
    const item = items[int(0, items.length - 1)]
    return item as T
  }

  return {
    float,
    int,
    normal,
    pick,
    chance: (probability) => float() < probability,
    fork: (name) => createRandom(hash32(`${seed}/${name}`)),
  }
}
