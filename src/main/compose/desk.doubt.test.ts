import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { describe, expect, it } from 'vitest'
import type { Desk } from '#api/desk.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { testTime } from '#test/builders/test-time.ts'
import { createDesk } from './desk.ts'

const clientOf = (desk: Desk) => createRouterClient(desk.router, { context: { caller: 'window' } })

/** A home that was used and has lost its journal since. */
async function homeWithoutJournal(): Promise<string> {
  const home = temporaryHome()
  const desk = await createDesk({ home, coolDownMs: 0, ...testTime() })
  await desk.start()
  await desk.stop('restart')
  for (const name of ['journal.db', 'journal.db-wal', 'journal.db-shm', 'journal.head'])
    rmSync(join(home, name), { force: true })
  return home
}

describe('OL-15 a desk whose journal is lost', () => {
  it('is halted, and its account and positions are unknown with the reason, also after another restart', async () => {
    const home = await homeWithoutJournal()
    for (let start = 0; start < 2; start++) {
      const desk = await createDesk({ home, coolDownMs: 0, ...testTime() })
      const unknown = { cash: null, equity: null, dayStartEquity: null, unknown: expect.stringContaining('journal') }
      expect(desk.status()).toMatchObject({ latch: { state: 'HALTED' }, account: unknown, dayPnl: null })
      await desk.start()
      expect(desk.status()).toMatchObject({ latch: { state: 'HALTED' }, account: unknown, dayPnl: null })
      await expect(clientOf(desk).trading.positions()).rejects.toMatchObject({
        code: 'POSITIONS_UNKNOWN',
        wayOut: expect.stringContaining('re-arm'),
      })
      await clientOf(desk).trading.reduce({ reason: 'by hand' })
      const close = clientOf(desk).trading.close({ key: 'wish of mine', instrument: 'BTC/USDT', reason: 'out' })
      await expect(close).rejects.toMatchObject({ code: 'POSITIONS_UNKNOWN' })
      desk.halt('again')
      await desk.stop('restart')
    }
  })

  it('knows its account again once the trader has re-armed it after the comparison with the broker', async () => {
    const desk = await createDesk({ home: await homeWithoutJournal(), coolDownMs: 0, ...testTime() })
    await desk.start()
    const typed = { reason: 'The broker says it is flat', account: 'paper', mode: 'paper' }
    expect((await clientOf(desk).trading.rearm(typed)).state).toBe('ACTIVE')
    expect(desk.status().account).toMatchObject({ cash: '100000', equity: '100000', unknown: null })
    expect(await clientOf(desk).trading.positions()).toEqual([])
    await desk.stop('done')
  })
})
