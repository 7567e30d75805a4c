import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const reference = resolve(root, '../shared/reference')
const prices = join(reference, 'prices/coinbase_btcusd_1d.csv')
const several = join(reference, 'prices/bitstamp_btc_eth_ltc_usd_1d.csv')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real command as a trader would, on its own process. */
function parley(...args: string[]): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'bin/parley.mjs'), ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PARLEY_HOME: join(folder, 'home') },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk))
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
}

/** The error that a command printed as JSON, having printed nothing else. */
function errorIn({ code, stdout, stderr }: Ended): { exit: number | null; code: string; wayOut: string | null } {
  expect(stdout).toBe('')
  const { error } = JSON.parse(stderr)
  expect(error.message).not.toBe('')
  return { exit: code, code: error.code, wayOut: error.wayOut }
}

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const days = (rows: number) =>
  Array.from({ length: rows }, (_, day) => {
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)
    const price = 100 + 10 * Math.sin(day / 9) + day / 10
    return `${date},${price},${price + 2},${price - 2},${price + 1},1000`
  })

describe('parley analyze', () => {
  it.skipIf(!existsSync(prices))(
    'decides on a price file, the same to the byte each time, and says what it lacks',
    async () => {
      const ask = ['analyze', 'BTC/USDT', '--data', prices, '--profile', 'balanced', '--seed', '7', '--json']
      const [once, again] = await Promise.all([parley(...ask), parley(...ask)])
      expect(once).toMatchObject({ code: 0, stderr: '' })
      expect(again.stdout).toBe(once.stdout)
      const analysis = JSON.parse(once.stdout)
      expect(analysis).toMatchObject({
        instrument: 'BTC/USDT',
        data: { kind: 'file', symbol: 'BTCUSD', timeframe: '1d', bars: 1770 },
        run: { status: 'completed' },
        estimate: { usd: 0.19, seconds: { sequential: 125, parallel: 45, lowerBound: 45 } },
      })
      expect(analysis.notes[0]).toContain('BTCUSD')
      const ids = analysis.plan.tasks.map(({ id }: { id: string }) => id)
      expect(ids).toHaveLength(6)
      expect(analysis.executionOrder.flat().toSorted()).toEqual(ids.toSorted())
      expect(analysis.executionOrder.findIndex((level: string[]) => level.includes('keyword_extraction'))).toBe(1)
      const unavailable = analysis.dossier.evidence.filter(({ status }: { status: string }) => status === 'unavailable')
      expect(unavailable.map(({ source }: { source: string }) => source)).toContain('news')
      expect(analysis.steps.every(({ state }: { state: string }) => state !== 'pending')).toBe(true)
      expect(analysis.ballots.length).toBeGreaterThan(5)
      expect(analysis.journal).toEqual({ head: expect.stringMatching(/^[0-9a-f]{64}$/), size: expect.any(Number) })
    },
  )

  it('trades on paper on the simulated exchange when the desk agrees, and its fills add up', async () => {
    const { code, stdout } = await parley('analyze', 'btcusdt', '--seed', '1', '--json')
    expect(code).toBe(0)
    const { decision, orders, proposals } = JSON.parse(stdout)
    expect(decision).toMatchObject({ action: 'buy', status: 'agreed' })
    expect(orders).toHaveLength(1)
    expect(orders[0]).toMatchObject({ status: 'FILLED', quantity: proposals[0].quantity })
    const filled = orders[0].fills.reduce((sum: number, fill: { quantity: string }) => sum + Number(fill.quantity), 0)
    expect(filled).toBeCloseTo(Number(orders[0].quantity), 10)
  })

  it('another seed is another market', async () => {
    const heads = await Promise.all(
      ['2', '3'].map(async (seed) =>
        JSON.parse((await parley('analyze', 'BTC/USDT', '--seed', seed, '--json')).stdout),
      ),
    )
    expect(heads[0].journal.head).not.toBe(heads[1].journal.head)
  })

  it('tells a person all of it, without colours and without progress when it is not on a terminal', async () => {
    const { code, stdout } = await parley('analyze', 'ETH/USDT', '--seed', '2')
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001B')
    for (const part of ['PLAN', 'DOSSIER', 'DEBATE', 'PROPOSAL', 'VOTE', 'DECISION', 'ORDERS', 'COST', 'JOURNAL'])
      expect(stdout).toContain(`${part}  `.trimEnd())
    expect(stdout.indexOf('Against it')).toBeLessThan(stdout.indexOf('For it'))
  })

  it.skipIf(!existsSync(several))('the symbol chooses among those of a file', async () => {
    const { stdout } = await parley('analyze', 'ETH/USD', '--data', several, '--json')
    expect(JSON.parse(stdout)).toMatchObject({ instrument: 'ETH/USD', data: { symbol: 'ETH' } })
    const wrong = errorIn(await parley('analyze', 'DOGE/USD', '--data', several, '--json'))
    expect(wrong).toMatchObject({ exit: 1, code: 'CSV_WHICH_INSTRUMENT' })
  })

  it('refuses a symbol that the file does not hold, but only where the file names its symbols', async () => {
    const named = ['date,symbol,open,high,low,close,volume', ...days(90).map((row) => row.replace(',', ',BTCUSD,'))]
    const unnamed = ['date,open,high,low,close,volume', ...days(90)]
    const refused = await parley('analyze', 'ETH/USDT', '--data', write('named.csv', named.join('\n')), '--json')
    expect(errorIn(refused)).toMatchObject({
      exit: 1,
      code: 'INSTRUMENT_NOT_IN_FILE',
      wayOut: expect.stringContaining('BTC/USD'),
    })
    const { code } = await parley('analyze', 'ETH/USDT', '--data', write('unnamed.csv', unnamed.join('\n')), '--json')
    expect(code).toBe(0)
  })

  it('refuses what it does not know with a code and a way out, on standard error alone', async () => {
    const unknown = errorIn(await parley('analyze', 'XYZ/USDT', '--json'))
    expect(unknown).toMatchObject({
      exit: 1,
      code: 'INSTRUMENT_NOT_FOUND',
      wayOut: expect.stringContaining('BTC/USDT'),
    })
    const plain = await parley('analyze', 'XYZ/USDT')
    expect(plain).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^INSTRUMENT_NOT_FOUND: .*\n.*--data/),
    })
    expect(errorIn(await parley('analyze', 'BTC/USDT', '--data', 'none.csv', '--json')).code).toBe('FILE_NOT_FOUND')
    expect(errorIn(await parley('analyze', 'BTC/USDT', '--data', folder, '--json')).code).toBe('FILE_IS_FOLDER')
    expect(errorIn(await parley('analyze', 'BTC/USDT', '--data', write('empty.csv', ''), '--json')).code).toBe(
      'CSV_EMPTY',
    )
  })

  it('shows every bad row of a file with its line number', async () => {
    const rows = ['date,open,high,low,close,volume', ...days(20)]
    rows[5] = '2024-01-05,1,2,oops,1,1'
    rows[9] = '2024-01-09,-1,2,1,1,1'
    const { code, stderr } = await parley('analyze', 'ABC/USD', '--data', write('broken.csv', rows.join('\n')))
    expect(code).toBe(1)
    expect(stderr).toMatch(/^CSV_BAD_ROWS: /)
    expect(stderr).toMatch(/line +6 .*oops/)
    expect(stderr).toMatch(/line +10 .*-1/)
  })

  it('says what was typed wrongly with exit code 2', async () => {
    const usage = [
      ['analyze'],
      ['analyze', 'BTC/USDT', '--seed', 'x'],
      ['analyze', 'BTC/USDT', '--profile', 'bold'],
      ['nothing'],
    ]
    for (const args of usage)
      expect(errorIn(await parley(...args, '--json')), args.join(' ')).toMatchObject({ exit: 2, code: 'USAGE_INVALID' })
    expect(await parley('--help')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('analyze') })
  })
})
