import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Keyring } from '#engine/ports/keyring.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { writeDurably } from './durable-file.ts'

/** Encrypts for the person who is signed in at this computer, with what the system keeps for that. */
export interface Cipher {
  /** Why it protects nothing here, as a sentence; null where it does. */
  readonly weakness: string | null
  encrypt(text: string): Buffer
  /** Throws for what another person or computer encrypted. */
  decrypt(encrypted: Buffer): string
}

const fileSchema = z.record(z.string(), z.base64())

/** Opens the keyring of a data folder; without a cipher keys come from the environment alone. Throws KEYRING_INVALID. */
export function openKeyring(
  home: string,
  cipher: Cipher | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Keyring {
  const file = join(home, 'keys.json')
  const kept = new Map(Object.entries(readKeys(file)))
  const weakness =
    cipher === undefined
      ? 'Only the desktop app has a keyring; without its window, keys come from the environment.'
      : cipher.weakness

  function read(name: string): string | undefined {
    const encrypted = kept.get(name)
    if (encrypted === undefined || cipher === undefined || cipher.weakness !== null) return undefined
    try {
      return cipher.decrypt(Buffer.from(encrypted, 'base64'))
    } catch {
      return undefined
    }
  }

  function has(name: string): boolean {
    return environment[name] !== undefined && environment[name] !== ''
  }

  function save(): void {
    writeDurably(file, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`)
  }

  return {
    weakness,
    environment() {
      const ours = [...kept.keys()].filter((name) => !has(name)).map((name) => [name, read(name)] as const)
      return { ...environment, ...Object.fromEntries(ours.filter(([, key]) => key !== undefined)) }
    },
    placeOf(name) {
      if (has(name)) return 'environment'
      if (!kept.has(name)) return 'missing'
      return read(name) === undefined ? 'unreadable' : 'kept'
    },
    keep(name, key) {
      if (cipher === undefined || weakness !== null) {
        throw new ParleyError('KEYRING_UNAVAILABLE', `The key ${name} was not kept. ${weakness ?? ''}`.trim(), {
          wayOut: `Set the environment variable ${name} before Parley is started.`,
        })
      }
      kept.set(name, cipher.encrypt(key).toString('base64'))
      save()
    },
    forget(name) {
      if (kept.delete(name)) save()
    },
  }
}

function readKeys(file: string): Readonly<Record<string, string>> {
  if (!existsSync(file)) return {}
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new ParleyError('KEYRING_INVALID', `${file} cannot be understood: ${errorMessage(error)}`, {
      details: { file },
      wayOut: 'Delete the file and enter the keys again.',
    })
  }
}
