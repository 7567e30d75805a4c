import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

// Where there is a file system in memory, syncing costs nothing.
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** A new folder; whoever makes it removes it. */
export function makeHome(): string {
  return mkdtempSync(join(parent, 'parley-test-'))
}

/** A new folder that is gone when the test is over. */
export function temporaryHome(): string {
  const home = makeHome()
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}
