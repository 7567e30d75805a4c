import { hash, randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Sha256 } from '#engine/ports/sha256.ts'
import { resourcesFolder } from '#main/config/config.ts'
import type { Clock } from '#shared/lib/clock.ts'
import { createRandom, type Random } from '#shared/lib/random.ts'

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

/** A stream of random numbers that nobody can foresee the seed of. */
export function systemRandom(): Random {
  return createRandom(randomInt(2 ** 31))
}

export const sha256: Sha256 = (text) => hash('sha256', text)

/** What is running: the version, and the commit where the source is a checkout, else "unknown". */
export function appVersion(): { readonly version: string; readonly commit: string } {
  const root = join(resourcesFolder(), '..')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return { version, commit: commitOf(join(root, '.git')) ?? 'unknown' }
}

function commitOf(git: string): string | undefined {
  const head = join(git, 'HEAD')
  if (!existsSync(head)) return undefined
  const text = readFileSync(head, 'utf8').trim()
  if (!text.startsWith('ref: ')) return text
  const ref = text.slice(5)
  if (existsSync(join(git, ref))) return readFileSync(join(git, ref), 'utf8').trim()
  const packed = join(git, 'packed-refs')
  if (!existsSync(packed)) return undefined
  return readFileSync(packed, 'utf8')
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`))
    ?.split(' ')[0]
}
