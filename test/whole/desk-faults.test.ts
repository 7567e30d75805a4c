import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeHome } from '#test/builders/home.ts'
import { findChromium } from '#test/e2e/chromium.ts'
import { launchBrowser, openDesk, picture } from '#test/e2e/desk-page.ts'
import { endHosts, type Host, HostRefused, isBuilt, startHost } from '#test/e2e/host.ts'

/** Starts a host that must not come up, and gives its last words. */
async function refused(home: string, port = 0): Promise<HostRefused> {
  const error: unknown = await startHost(home, port).then(
    () => new Error('The host came up.'),
    (error: unknown) => error,
  )
  if (error instanceof HostRefused) return error
  throw error
}

describe.skipIf(!isBuilt || findChromium() === undefined)('bad input (skipped without out/ or a browser)', () => {
  let browser: Browser
  let host: Host
  let home: string
  const homes: string[] = []
  const pages: Page[] = []

  beforeAll(async () => {
    browser = await launchBrowser()
    home = newHome()
    host = await startHost(home)
  })
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close()
  })
  afterAll(async () => {
    await browser?.close()
    await endHosts()
    for (const each of homes) rmSync(each, { recursive: true, force: true })
  })

  function newHome(): string {
    const made = makeHome()
    homes.push(made)
    return made
  }

  async function open(to: Host, hash = ''): Promise<Page> {
    const { page } = await openDesk(browser, to, hash)
    pages.push(page)
    return page
  }

  it('a broken CSV file is refused with the lines that are wrong, an empty one too, and nothing is stored', async () => {
    const page = await open(host, '#/settings')
    const give = (name: string, text: string) =>
      page.setInputFiles('input[type=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(text) })
    const days = [1, 2, 3, 4, 5].map((day) => `2024-01-0${day},10,12,9,11,100`)
    days[1] = '2024-01-02,10,nine,9,11,100'
    days[3] = '2024-01-04,10,8,9,11,100'
    await give('btcusdt_1d.csv', ['time,open,high,low,close,volume', ...days].join('\n'))
    await page.getByText('CSV_BAD_ROWS').waitFor()
    await page.getByText(/Line 3: /).waitFor()
    await page.getByText(/Line 5: /).waitFor()
    await picture(page, 'csv')
    await give('empty.csv', '')
    await page.getByText('CSV_EMPTY').waitFor()
    await give('header.csv', 'time,open,high,low,close,volume\n')
    await page.getByText('has a header and no prices below it').waitFor()
    await give('btcusdt.csv', '\u0000\u0001\u0002 no table at all')
    await page.getByText('CSV_NO_TEXT').waitFor()
    expect((await host.journal()).filter(({ kind }) => kind === 'barsImported')).toEqual([])
    const feed = { kind: 'replay', instrument: 'BTC/USDT', speed: 1 } as const
    await expect(host.client.settings.change({ feed })).rejects.toMatchObject({ code: 'FEED_NO_BARS' })
  })

  it('an unknown instrument is refused with the choices', async () => {
    const error: unknown = await host.client.runs
      .start({ instrument: 'TULIP/GUILDER' })
      .catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'INSTRUMENT_NOT_FOUND', status: 404 })
    expect(JSON.stringify(error)).toContain('BTC/USDT')
    expect(await host.client.runs.list({})).toEqual([])
  })

  it('a second host on the same home says that it is in use, and the way out', async () => {
    const { code, message } = await refused(home)
    expect(message).toContain(`HOME_IN_USE: Another Parley has the data folder ${home} open.`)
    expect(message).toContain('close it first')
    expect(code).toBe(1)
    expect((await host.client.system.status()).latch.state).toBe('ACTIVE')
  })

  it('a port in use is said, and the way out', async () => {
    const { code, message } = await refused(newHome(), Number(new URL(host.address).port))
    expect(message).toContain('PORT_IN_USE')
    expect(message).toContain('--port')
    expect(code).toBe(1)
  })

  it('a home that is a file is said to be not writable', async () => {
    const file = join(newHome(), 'a-file')
    writeFileSync(file, 'not a folder')
    const { code, message } = await refused(file)
    expect(message).toContain(`HOME_NOT_WRITABLE: The data folder ${file} cannot be written`)
    expect(code).toBe(1)
    expect(readFileSync(file, 'utf8')).toBe('not a folder')
  })

  it('a broken planning.yaml is said with file and line', async () => {
    const where = newHome()
    const file = join(where, 'planning.yaml')
    writeFileSync(file, 'tasks: {}\nprofiles:\n  balanced: 7\n')
    const typed = await refused(where)
    expect(typed.message).toContain(`CONFIG_INVALID: ${file}, line 3: `)
    expect(typed.code).toBe(1)
    writeFileSync(file, 'tasks:\n  one: [1, 2\nprofiles: {}\n')
    expect((await refused(where)).message).toMatch(/CONFIG_INVALID: .*planning\.yaml, line [23]: /)
  })

  it('KS-8 AU-11 over a damaged journal the desk starts halted, says so on the page, and keeps the damaged file', async () => {
    const where = newHome()
    const before = await startHost(where)
    const { id } = await before.client.runs.start({ instrument: 'BTC/USDT' })
    await before.settled(id)
    await before.end('SIGTERM')
    const file = join(where, 'journal.db')
    const size = statSync(file).size
    const bytes = openSync(file, 'r+')
    for (let at = 4_096; at < size; at += 16_384) writeSync(bytes, Buffer.alloc(512, 0xa5), 0, 512, at)
    closeSync(bytes)
    const damaged = readFileSync(file)

    const after = await startHost(where)
    expect((await after.client.system.status()).latch).toMatchObject({
      state: 'HALTED',
      reason: expect.stringContaining('The journal was damaged'),
    })
    expect((await after.client.system.status()).account).toMatchObject({
      cash: null,
      equity: null,
      unknown: expect.stringContaining('The journal was damaged'),
    })
    await expect(after.client.trading.positions()).rejects.toMatchObject({ code: 'POSITIONS_UNKNOWN' })
    const page = await open(after)
    await page.getByText('paper: unknown').waitFor()
    await page
      .getByText(/What the account holds is unknown/)
      .first()
      .waitFor()
    await page
      .getByText(/The journal was damaged/)
      .first()
      .waitFor()
    await picture(page, 'damaged')
    const kept = readdirSync(where).filter((name) => /^journal\.quarantined-.*\.db$/.test(name))
    expect(kept).toHaveLength(1)
    expect(readFileSync(join(where, kept[0] ?? '')).equals(damaged)).toBe(true)
    await expect(after.client.runs.start({ instrument: 'BTC/USDT' })).rejects.toMatchObject({ code: 'TRADING_HALTED' })
    expect(await after.client.journal.verify()).toMatchObject({ status: 'verified' })
  })
})
