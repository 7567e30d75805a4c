import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Latch } from '#shared/domain/trading-state.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { journalOptions } from '#test/builders/journal.ts'
import { latchStoreConformance } from '#test/conformance/latch-store.ts'
import { createMemoryLatchStore } from '#test/fakes/memory-latch-store.ts'
import { openJournal } from './journal.ts'
import { createFileLatchStore } from './latch.ts'
import { requestStop } from './stop-request.ts'

latchStoreConformance('in memory', () => {
  const store = createMemoryLatchStore()
  return { store, reopened: () => store, requestStop: (reason, level) => store.requestStop(reason, level) }
})
latchStoreConformance('in a file', () => {
  const home = temporaryHome()
  return {
    store: createFileLatchStore(home),
    reopened: () => createFileLatchStore(home),
    requestStop: (reason, level) => requestStop(home, level, reason),
  }
})

const halted: Latch = { state: 'HALTED', epoch: 4, level: 2, by: 'trader', reason: 'not sure', at: 1_700_000_000_000 }
const unreadable = expect.objectContaining({ code: 'LATCH_UNREADABLE', wayOut: expect.stringContaining('halted') })

function savedLatch() {
  const home = temporaryHome()
  const store = createFileLatchStore(home)
  store.save(halted)
  return { home, store, file: join(home, 'latch.json') }
}

describe('KS-8 the latch file', () => {
  it('is refused whatever character of it was changed, unless it still says the same', () => {
    const { store, file } = savedLatch()
    const text = readFileSync(file, 'utf8')
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        writeFileSync(file, text.slice(0, at) + character + text.slice(at + 1))
        let loaded: Latch | undefined
        try {
          loaded = store.load()
        } catch (error) {
          expect(error).toEqual(unreadable)
          return
        }
        expect(loaded).toEqual(halted)
      }),
      { numRuns: 300 },
    )
  })

  it('is refused when it was cut short, emptied, or cannot be read', () => {
    const { store, file } = savedLatch()
    const text = readFileSync(file, 'utf8')
    for (const length of [0, 1, 40, text.length - 3]) {
      writeFileSync(file, text.slice(0, length))
      expect(() => store.load()).toThrowError(unreadable)
    }
    rmSync(file)
    mkdirSync(file)
    expect(() => store.load()).toThrowError(unreadable)
  })

  it('is missed beside a journal or what is left of one, and not in an empty folder', () => {
    const home = temporaryHome()
    expect(createFileLatchStore(join(home, 'nowhere')).load()).toBeUndefined()
    openJournal(journalOptions({ file: join(home, 'journal.db') })).close()
    expect(() => createFileLatchStore(home).load()).toThrowError(unreadable)
    rmSync(join(home, 'journal.db'))
    expect(readdirSync(home)).toEqual(['journal.head'])
    expect(() => createFileLatchStore(home).load()).toThrowError(unreadable)
  })

  it('stays as it was, with nothing beside it, when it cannot be written anew', () => {
    const { home, store, file } = savedLatch()
    // The name of the file that is written first is taken by a folder.
    mkdirSync(`${file}.${process.pid}.tmp`)
    writeFileSync(join(`${file}.${process.pid}.tmp`, 'full'), '')
    expect(() => store.save({ ...halted, epoch: 5 })).toThrowError(
      expect.objectContaining({ code: 'LATCH_UNWRITABLE', wayOut: expect.any(String) }),
    )
    rmSync(`${file}.${process.pid}.tmp`, { recursive: true })
    expect(store.load()).toEqual(halted)
    store.save({ ...halted, epoch: 6 })
    expect(readdirSync(home)).toEqual(['latch.json'])
    expect(statSync(file).mode & 0o077).toBe(0)
  })
})

describe('KS-17 the STOP file', () => {
  it('stops the desk whoever made it and whatever is in it', () => {
    const home = temporaryHome()
    const store = createFileLatchStore(home)
    const stop = join(home, 'STOP')
    writeFileSync(stop, '')
    expect(store.stopRequested()).toEqual({ level: 2, reason: 'Stopped by a STOP file' })
    writeFileSync(stop, '  from the\nother room \n')
    expect(store.stopRequested()).toEqual({ level: 2, reason: 'from the\nother room' })
    writeFileSync(stop, 'x'.repeat(10_000))
    expect(store.stopRequested()?.reason).toHaveLength(500)
    rmSync(stop)
    mkdirSync(stop)
    chmodSync(stop, 0o700)
    expect(store.stopRequested()).toMatchObject({ level: 2, reason: expect.stringContaining('cannot be read') })
    store.clearStopRequest()
    expect(store.stopRequested()).toBeUndefined()
  })

  it.each([
    ['level: 1\nLunch', 1, 'Lunch'],
    ['LEVEL 3\r\nThe protection is the problem\n', 3, 'The protection is the problem'],
    ['level: 3', 3, 'Stopped by a STOP file'],
    ['level: 9\nLunch', 2, 'level: 9\nLunch'],
    ['level: 1 or so', 2, 'level: 1 or so'],
    ['1', 2, '1'],
  ])('%j asks for level %i, and for 2 where it is no level', (text, level, reason) => {
    const home = temporaryHome()
    writeFileSync(join(home, 'STOP'), text)
    expect(createFileLatchStore(home).stopRequested()).toEqual({ level, reason })
  })

  it('is never made less by a later request', () => {
    const home = temporaryHome()
    requestStop(home, 3, 'All of it')
    requestStop(home, 1, 'Only a little')
    expect(createFileLatchStore(home).stopRequested()).toEqual({ level: 3, reason: 'Only a little' })
  })
})
