import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Stop } from '#shared/lib/clock.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { sqliteCode } from './open-database.ts'

/**
 * Takes a data folder for this process, making it if need be; the Stop gives it back. The lock is the operating system's
 * own (SQLite's exclusive lock on lock.db), so it is gone with the process however that ends. Throws HOME_NOT_WRITABLE,
 * HOME_IN_USE.
 */
export function claimHome(home: string): Stop {
  prepareHome(home)
  return lock(home)
}

/** Makes a data folder that can be written, or finds it so. Throws HOME_NOT_WRITABLE. */
export function prepareHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true })
    const probe = join(home, `.probe-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    throw notWritable(home, error)
  }
}

function lock(home: string): Stop {
  let database: Database.Database | undefined
  try {
    database = new Database(join(home, 'lock.db'), { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (!/^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error) ?? '')) throw notWritable(home, error)
    throw new ParleyError('HOME_IN_USE', `Another Parley has the data folder ${home} open.`, {
      details: { home },
      wayOut: 'Use the one that is running, or close it first. To run a second one, give it a folder of its own.',
      cause: error,
    })
  }
  const held = database
  return () => {
    held.close()
  }
}

function notWritable(home: string, cause: unknown): ParleyError {
  return new ParleyError('HOME_NOT_WRITABLE', `The data folder ${home} cannot be written: ${errorMessage(cause)}`, {
    details: { home },
    wayOut: 'Give yourself permission to write in it, free some space, or start with another folder.',
    cause,
  })
}
