import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'parley-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const prices = join(import.meta.dirname, '../../resources/market/simulated-btc-usdt-1d.csv')
const bitcoin = join(import.meta.dirname, '../../../shared/reference/prices/coinbase_btcusd_1d.csv')

/** Runs the command as a person would, from source. */
function parley(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const cli = join(import.meta.dirname, '../../src/main/cli.ts')
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { maxBuffer: 50_000_000 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

describe('parley analyze', () => {
  it('prints one object with the whole decision, the same twice, byte for byte', async () => {
    const args = ['analyze', 'BTC/USDT', '--data', prices, '--profile', 'balanced', '--seed', '7', '--json']
    const [first, second] = await Promise.all([parley(...args), parley(...args)])
    expect(first.err).toBe('')
    expect(first.out).toBe(second.out)
    const { plan, dossier, debate, proposals, ballots, tally, decision, orders, journal } = JSON.parse(first.out)
    expect(plan.tasks).toHaveLength(6)
    expect(plan.executionOrder.flat().sort()).toEqual(plan.tasks.map(({ id }: { id: string }) => id).sort())
    expect(plan.estimate).toMatchObject({ usd: 0.19, seconds: { sequential: 125 } })
    expect(plan.estimate.seconds.parallel).toBeLessThanOrEqual(45)
    expect(plan.speedup).toBeCloseTo(125 / plan.estimate.seconds.parallel)
    expect([debate, proposals, ballots].every((list) => list.length > 0)).toBe(true)
    expect(tally.outcome).toBe(decision.action)
    expect(orders).toBeInstanceOf(Array)
    expect(journal.head).toMatch(/^[0-9a-f]{64}$/)
    const unavailable = dossier.evidence.filter(({ status }: { status: string }) => status === 'unavailable')
    expect(new Set(unavailable.map(({ source }: { source: string }) => source))).toEqual(
      new Set(['news', 'social', 'fear_greed', 'onchain', 'coingecko', 'macro_data', 'orderbook']),
    )
  })

  it.skipIf(!existsSync(bitcoin))('decides on real bars (skipped where ../shared/reference is not there)', async () => {
    const { out, code } = await parley('analyze', 'BTC/USDT', '--data', bitcoin, '--seed', '7', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ instrument: 'BTC/USDT', run: { status: 'completed' } })
  })

  it('decides on the simulated exchange and prints what a trader reads, without colours or progress in a pipe', async () => {
    const { out, code } = await parley('analyze', 'ETH/USDT', '--seed', '3')
    expect(code).toBe(0)
    for (const part of ['PLAN', 'DOSSIER', 'DEBATE', 'PROPOSAL', 'VOTE', 'DECISION', 'ORDERS', 'JOURNAL']) {
      expect(out).toContain(part)
    }
    expect(out).not.toContain('\u001B')
  })
})

describe('bad input gets a code and a way out, and nothing on standard output', () => {
  const empty = join(folder, 'empty.csv')
  const broken = join(folder, 'broken.csv')
  writeFileSync(empty, '')
  writeFileSync(
    broken,
    'time,open,high,low,close,volume\n2024-01-01,1,2,0.5,1.5,10\n2024-01-02,1,0.5,2,1,10\n2024-01-03,x,2,1,1,1\n',
  )

  it.each([
    ['an unknown symbol', ['analyze', 'FOO/BAR'], 'INSTRUMENT_NOT_FOUND', 1],
    ['a file that is not there', ['analyze', 'BTC/USDT', '--data', join(folder, 'no.csv')], 'FILE_NOT_FOUND', 1],
    ['an empty file', ['import', empty, '--home', join(folder, 'a')], 'CSV_EMPTY', 1],
    ['broken rows', ['import', broken, '--home', join(folder, 'a')], 'CSV_BAD_ROWS', 1],
    ['a home that is a file', ['import', prices, '--home', empty], 'HOME_NOT_WRITABLE', 1],
    ['a port that is none', ['serve', '--port', '99999', '--home', join(folder, 'b')], 'PORT_INVALID', 1],
    [
      'no desk to re-arm',
      ['rearm', '--reason', 'all is well', '--account', 'paper', '--mode', 'paper', '--home', join(folder, 'b')],
      'DESK_NOT_RUNNING',
      1,
    ],
    ['no journal', ['journal', 'verify', '--home', join(folder, 'b')], 'JOURNAL_NOT_FOUND', 1],
    ['an unknown command', ['nonsense'], 'USAGE_INVALID', 2],
  ])('%s', async (_name, args, code, exit) => {
    const result = await parley(...args)
    expect(result).toMatchObject({ code: exit, out: '' })
    expect(result.err).toMatch(new RegExp(`^${code}: .+\\n(.+\\n)+`))
  })

  it('names the lines of broken rows, and stores none of the good ones', async () => {
    const home = join(folder, 'c')
    const { err } = await parley('import', broken, '--home', home)
    expect(err).toMatch(/line +3 .+\n +line +4 /)
    const good = await parley('import', prices, '--home', home, '--json')
    expect(JSON.parse(good.out)).toMatchObject({ instrument: 'BTC/USDT', bars: 400, replaced: 0 })
  })
})

describe('parley stop and status', () => {
  it('KS-17 leave a desk that is not running HALTED for its next start', async () => {
    const home = join(folder, 'd')
    await parley('import', prices, '--home', home)
    expect((await parley('stop', '--home', home, '--reason', 'A test')).out).toContain('the next start will be HALTED')
    expect(JSON.parse((await parley('status', '--home', home, '--json')).out)).toMatchObject({
      running: false,
      latch: { state: 'HALTED', reason: 'A test' },
    })
    await parley('stop', '--home', home, '--level', '3', '--reason', 'A test')
    expect(readFileSync(join(home, 'STOP'), 'utf8')).toBe('level: 3\nA test')
  })

  it('says that nothing was stopped where there is no data folder, instead of a STOP file that nobody looks for', async () => {
    const home = join(folder, 'mistyped')
    const { code, err } = await parley('stop', '--home', home)
    expect([code, err]).toEqual([1, expect.stringContaining(`HOME_NOT_FOUND: There is no data folder ${home}`)])
    expect(existsSync(home)).toBe(false)
  })

  it('KS-17 leaves the STOP file also where a torn host file hides the desk', async () => {
    const home = join(folder, 'torn')
    await parley('import', prices, '--home', home)
    writeFileSync(join(home, 'host.json'), '{"origin":')
    const { code, out } = await parley('stop', '--home', home, '--reason', 'A test')
    expect([code, out]).toEqual([1, expect.stringMatching(/^A STOP file is in place: .*host\.json cannot be read/)])
    expect(readFileSync(join(home, 'STOP'), 'utf8')).toBe('level: 2\nA test')
  })
})
