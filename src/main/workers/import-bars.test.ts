import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { errorCode } from '#shared/lib/error.ts'
import { openBarStore } from '#store/bars.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { createComputePool } from './compute-pool.ts'
import { heavyTable } from './heavy.ts'
import { importBars } from './import-bars.ts'
import { workerFile } from './worker-file.ts'

const rows = (days: readonly number[]) =>
  [
    'time,open,high,low,close,volume',
    ...days.map((day) => `${new Date(Date.UTC(2024, 0, day)).toISOString().slice(0, 10)},1,2,0.5,1.5,10`),
  ].join('\n')

function market() {
  const database = join(temporaryHome(), 'market.db')
  const about = (text: string, instrument: string | undefined = 'GOLD/USD') => ({
    database,
    file: '/home/somebody/gold.csv',
    text,
    instrument,
  })
  return { store: openBarStore(database), about }
}

describe('importing bars', () => {
  it('tells what it took, from when to when, and what is odd in the file, without the folder it came from', () => {
    const report = importBars(market().about(rows([1, 2, 3, 6])))
    expect(report).toMatchObject({
      file: 'gold.csv',
      instrument: 'GOLD/USD',
      timeframe: '1d',
      bars: 4,
      replaced: 0,
      from: Date.UTC(2024, 0, 1),
      to: Date.UTC(2024, 0, 6),
    })
    expect(report.notes.join(' ')).toContain('gaps between bars')
  })

  it('leaves what is there as it is when any row is bad', () => {
    const { store, about } = market()
    importBars(about(rows([1, 2, 3])))
    const before = store.load('GOLD/USD', '1d', {})
    let code = ''
    try {
      importBars(about(`${rows([1, 2, 3, 4]).replaceAll('1.5', '1.6')}\n2024-01-05,1,2,x,1,1`))
    } catch (error) {
      code = errorCode(error)
    }
    expect(code).toMatch(/^CSV_/)
    expect(store.load('GOLD/USD', '1d', {})).toEqual(before)
  })

  it('tells its progress, never backwards', () => {
    const told: number[] = []
    importBars(market().about(rows(Array.from({ length: 20_000 }, (_, day) => day))), (share) => told.push(share))
    expect(told.length).toBeGreaterThan(6)
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(told.at(-1)).toBeLessThanOrEqual(1)
  })
})

describe('importing bars on a worker thread', () => {
  const compute = createComputePool({ table: heavyTable, worker: workerFile(), threads: 1 })
  afterAll(() => compute.close())

  it('leaves nothing half-imported when it is ended on the way, and can begin anew', async () => {
    const { store, about } = market()
    const text = rows(Array.from({ length: 30_000 }, (_, day) => day))
    const giveUp = new AbortController()
    const onProgress = (share: number) => {
      if (share > 0.5) giveUp.abort('changed my mind')
    }
    await expect(compute.run(importBars, about(text), { signal: giveUp.signal, onProgress })).rejects.toBe(
      'changed my mind',
    )
    expect(store.series()).toEqual([])
    expect(await compute.run(importBars, about(text))).toMatchObject({ bars: 30_000, replaced: 0 })
    expect(store.series()).toMatchObject([{ instrument: 'GOLD/USD', bars: 30_000 }])
    // The desk's own connection may write as before: nobody holds a lock any more.
    expect(store.save('BTC/USD', '1d', [{ time: 0, open: 1, high: 1, low: 1, close: 1, volume: 1 }]).inserted).toBe(1)
  })
})
