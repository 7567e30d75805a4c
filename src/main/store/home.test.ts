import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryHome } from '#test/builders/home.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { claimHome } from './home.ts'
import { openJournal } from './journal.ts'

/** Runs as a user without rights, since root may write everywhere. */
function withoutRights<T>(run: () => T): T {
  if (process.geteuid?.() !== 0) return run()
  process.seteuid?.(65_534)
  try {
    return run()
  } finally {
    process.seteuid?.(0)
  }
}

const notWritable = expect.objectContaining({
  code: 'HOME_NOT_WRITABLE',
  wayOut: expect.stringContaining('permission'),
})

describe('the data folder', () => {
  it('is made where there is none, and nothing stays behind in it but the lock', () => {
    const home = join(temporaryHome(), 'a', 'b')
    claimHome(home)()
    expect(readdirSync(home).filter((name) => name !== 'lock.db')).toEqual([])
  })

  it('belongs to one at a time, and can be taken again when it was given back', () => {
    const home = temporaryHome()
    const release = claimHome(home)
    expect(() => claimHome(home)).toThrowError(expect.objectContaining({ code: 'HOME_IN_USE' }))
    release()
    release()
    claimHome(home)()
  })

  it('is free again after the process that had it was killed', async () => {
    const home = temporaryHome()
    const script = `
      const { claimHome } = await import(${JSON.stringify(join(import.meta.dirname, 'home.ts'))})
      claimHome(${JSON.stringify(home)})
      console.log('claimed')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect(() => claimHome(home)).toThrowError(expect.objectContaining({ code: 'HOME_IN_USE' }))
    child.kill('SIGKILL')
    await once(child, 'exit')
    claimHome(home)()
  })

  it('says how to go on when it cannot be written', () => {
    const home = temporaryHome()
    writeFileSync(join(home, 'file'), '')
    expect(() => claimHome(join(home, 'file', 'folder'))).toThrowError(notWritable)
    expect(() => claimHome(join(home, 'file'))).toThrowError(notWritable)
    mkdirSync(join(home, 'lock.db'))
    expect(() => claimHome(home)).toThrowError(notWritable)
  })

  it('says how to go on when permission to write is missing', () => {
    const home = temporaryHome()
    mkdirSync(join(home, 'locked'))
    chmodSync(home, 0o755)
    chmodSync(join(home, 'locked'), 0o555)
    withoutRights(() => {
      expect(() => claimHome(join(home, 'locked'))).toThrowError(notWritable)
      expect(() => claimHome(join(home, 'locked', 'new'))).toThrowError(notWritable)
      expect(() => openJournal(journalOptions({ file: join(home, 'locked', 'journal.db') }))).toThrowError(notWritable)
    })
  })
})
