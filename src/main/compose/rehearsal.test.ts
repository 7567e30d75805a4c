import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryHome } from '#test/builders/home.ts'
import { keepRehearsalsApart, timeAndChance } from './rehearsal.ts'
import { systemClock } from './system.ts'

const rehearse = (text: string) => timeAndChance({ PARLEY_REHEARSAL: text })

describe('the time and chance of a desk', () => {
  it('are the machine’s unless a rehearsal is asked for', () => {
    const { clock, rehearsal } = timeAndChance({})
    expect([clock, rehearsal]).toEqual([systemClock, undefined])
  })

  it('of a rehearsal begin at its moment with its seed, and it says so', () => {
    const moment = Date.UTC(2028, 1, 29, 23, 59, 50)
    const { clock, random, rehearsal } = rehearse('2028-02-29T23:59:50Z,7')
    const early = clock.now() - moment
    expect(early).toBeGreaterThanOrEqual(0)
    expect(early).toBeLessThan(60_000)
    expect(random.float()).toBe(rehearse('2001-01-01T00:00:00Z,7').random.float())
    expect(random.float()).not.toBe(rehearse('2001-01-01T00:00:00Z,8').random.float())
    expect(rehearsal).toContain('began its clock at 2028-02-29T23:59:50.000Z and gave its chance the seed 7')
  })

  it('of a rehearsal run on with the machine’s monotonic time, which is not moved', () => {
    const { clock } = rehearse('2028-02-29T12:00:00Z,7')
    const before = { wall: clock.now(), monotonic: clock.monotonic() }
    while (clock.monotonic() < before.monotonic + 3);
    expect(clock.now()).toBeGreaterThan(before.wall)
    expect(Math.abs(clock.monotonic() - systemClock.monotonic())).toBeLessThan(60_000)
  })

  it.each(['', '7', '2028-02-29T12:00:00Z', '2028-02-29,7', '2028-13-01T00:00:00Z,7', '2028-02-29T12:00:00Z,-1'])(
    'are refused where a rehearsal is asked for by "%s", with the way out',
    (text) => {
      expect(() => rehearse(text)).toThrow(
        expect.objectContaining({ code: 'REHEARSAL_INVALID', wayOut: expect.stringContaining('Unset') }),
      )
    },
  )
})

describe('the data folder of a rehearsal', () => {
  const mixed = expect.objectContaining({ code: 'REHEARSAL_MIXED', wayOut: expect.stringContaining('--home') })

  it('is never that of a desk in use', () => {
    const home = temporaryHome()
    keepRehearsalsApart(home, 'This is a rehearsal')
    writeFileSync(join(home, 'journal.db'), '')
    expect(() => keepRehearsalsApart(home, undefined)).toThrow(mixed)
    expect(() => keepRehearsalsApart(home, 'This is another')).not.toThrow()
  })

  it('of a desk in use is never that of a rehearsal, and is left as it was', () => {
    const home = temporaryHome()
    keepRehearsalsApart(home, undefined)
    writeFileSync(join(home, 'journal.db'), '')
    expect(() => keepRehearsalsApart(home, 'This is a rehearsal')).toThrow(mixed)
    expect(() => keepRehearsalsApart(home, undefined)).not.toThrow()
    expect(existsSync(join(home, 'rehearsal'))).toBe(false)
  })
})
