import { describe, expect, it } from 'vitest'
import { errorCode } from '#shared/lib/error.ts'
import { openBarStore } from '#store/bars.ts'
import { importBars } from './import-bars.ts'

const rows = (days: readonly number[]) =>
  [
    'time,open,high,low,close,volume',
    ...days.map((day) => `2024-01-${String(day).padStart(2, '0')},1,2,0.5,1.5,10`),
  ].join('\n')

describe('importing bars', () => {
  it('tells what it took, from when to when, and what is odd in the file, without the folder it came from', () => {
    const report = importBars(openBarStore(':memory:'), '/home/somebody/gold.csv', rows([1, 2, 3, 6]), 'GOLD/USD')
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
    const store = openBarStore(':memory:')
    importBars(store, 'gold.csv', rows([1, 2, 3]), 'GOLD/USD')
    const before = store.load('GOLD/USD', '1d', {})
    let code = ''
    try {
      importBars(store, 'gold.csv', `${rows([1, 2, 3, 4]).replaceAll('1.5', '1.6')}\n2024-01-05,1,2,x,1,1`, 'GOLD/USD')
    } catch (error) {
      code = errorCode(error)
    }
    expect(code).toMatch(/^CSV_/)
    expect(store.load('GOLD/USD', '1d', {})).toEqual(before)
  })
})
