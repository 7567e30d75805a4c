import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { places } from '#renderer/app/places.ts'
import { until } from '#test/e2e/host.ts'
import { hasNoBrowser, onMadeUpDesk } from '#test/e2e/made-up-desk.ts'
import type { PageDesk } from '#test/fakes/page-desk.ts'

let desk: PageDesk
let page: Page
onMadeUpDesk(async (opened) => {
  ;({ desk, page } = opened)
  desk.playTo(26)
  await page.goto(`${desk.url}#/desk?symbol=BTC%2FUSDT`)
  await page.getByText('Executed as planned').waitFor()
})

const stopButton = () => page.getByRole('button', { name: /^STOP/ })
const messages = () => page.getByRole('log', { name: 'Messages' })
const scrollOf = () =>
  page.evaluate(
    '((element) => [element.scrollTop, element.scrollHeight - element.clientHeight])(document.querySelector("[role=log]"))',
  ) as Promise<[number, number]>

describe.skipIf(hasNoBrowser)('KS-1 the stop', () => {
  it('halts at level 2 with one click and no question, and says all clear only when the desk does (KS-15)', async () => {
    await stopButton().click()
    await page.getByText('HALTED', { exact: true }).first().waitFor()
    expect(desk.stops.map(({ level }) => level)).toEqual([2])
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.getByText('All clear').waitFor()
  })

  it('at level 3 shows its progress, and which positions lost their protection, before all clear', async () => {
    await page.getByRole('button', { name: 'Other ways to stop' }).click()
    await page.getByRole('menuitem', { name: /level 3/ }).click()
    await page.getByText('Cancels: 1 requested, 0 confirmed').waitFor()
    expect(await page.getByText('All clear').count()).toBe(0)
    await page.getByText('Cancels: 1 requested, 1 confirmed').waitFor()
    await page.getByText('All clear').waitFor()
    await page.getByText('1 unprotected').waitFor()
    expect(desk.stops.map(({ level }) => level)).toEqual([3])
  })

  it('halts by its keys, also from a text field', async () => {
    await page.getByLabel('Search the conversation').focus()
    await page.keyboard.press('Control+Shift+H')
    await until(() => desk.stops.length === 1, 'a stop arrived')
    await page.getByText('HALTED', { exact: true }).first().waitFor()
  })

  it('halts by keys, by Tab and by click while a dialog is open (UX-24)', async () => {
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Screens, instruments, runs, commands').waitFor()
    await page.waitForTimeout(200)
    await page.keyboard.press('Control+Shift+H')
    await until(() => desk.stops.length === 1, 'the keys stopped')

    const box = await stopButton().boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(44)
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2)
    await until(() => desk.stops.length === 2, 'the click stopped')

    if ((await page.getByRole('dialog').count()) === 0) await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Screens, instruments, runs, commands').focus()
    const isStop = () => page.evaluate('document.activeElement.textContent.startsWith("STOP")') as Promise<boolean>
    for (let press = 0; press < 30 && !(await isStop()); press++) await page.keyboard.press('Tab')
    expect(await isStop()).toBe(true)
    await page.getByText('STOPPING').waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    await until(() => desk.stops.length === 3, 'the key on the button stopped')
  })

  it('has nothing else to press within 24 pixels (UX-24)', async () => {
    const near = await page.evaluate(`(() => {
      const stop = [...document.querySelectorAll('button')].find((each) => each.textContent.startsWith('STOP'))
      const box = stop.getBoundingClientRect()
      return [...document.querySelectorAll('button, a, input')].filter((each) => {
        const other = each.getBoundingClientRect()
        const across = Math.max(other.left - box.right, box.left - other.right)
        const down = Math.max(other.top - box.bottom, box.top - other.bottom)
        return each !== stop && other.width > 0 && Math.max(across, down) < 24 && each.closest('header') !== null && each.closest('header').contains(stop)
      }).map((each) => each.getAttribute('aria-label') ?? each.textContent)
    })()`)
    expect(near).toEqual([])
  })

  it('KS-9 is released only with a reason and the account and mode typed out', async () => {
    await stopButton().click()
    await page.getByRole('button', { name: 'Re-arm…' }).click()
    const confirm = page.getByRole('button', { name: 'Re-arm trading' })
    await page.getByLabel('Why is it safe to trade again?').fill('too short')
    await page.getByLabel('Account').fill('paper-1')
    await page.getByLabel('Mode').fill('paper')
    expect(await confirm.isDisabled()).toBe(true)
    await page.getByLabel('Why is it safe to trade again?').fill('The feed is back and checked.')
    await page.getByLabel('Account').fill('paper-2')
    expect(await confirm.isDisabled()).toBe(true)
    await page.getByLabel('Account').fill('paper-1')
    await confirm.click()
    await page.getByText('ACTIVE', { exact: true }).waitFor()
    expect(await page.getByText('HALTED', { exact: true }).count()).toBe(0)
  })
})

describe.skipIf(hasNoBrowser)('UX-17 the conversation', () => {
  it('stays where the trader scrolled, counts what is new, and follows again from its end', async () => {
    await until(async () => ((await scrollOf())[1] ?? 0) > 100, 'there is something to scroll')
    const [end, bottom] = await scrollOf()
    expect(bottom - end).toBeLessThan(2)
    await messages().hover()
    await page.mouse.wheel(0, -600)
    await page.waitForTimeout(300)
    const [before] = await scrollOf()
    for (let count = 1; count <= 3; count++) desk.say(`News ${count}`)
    await page.getByRole('button', { name: '3 new' }).waitFor()
    expect((await scrollOf())[0]).toBe(before)
    await page.getByRole('button', { name: '3 new' }).click()
    await page.getByText('News 3').waitFor()
    desk.say('News 4')
    await page.getByText('News 4').waitFor()
    await page.waitForTimeout(200)
    const [now, last] = await scrollOf()
    expect(last - now).toBeLessThan(2)
  })

  it('shows words as text, whatever they hold', async () => {
    desk.say('<img src=x onerror="document.title=1"> & <b>bold</b>')
    await page.getByText('<img src=x onerror="document.title=1"> & <b>bold</b>').waitFor()
    expect(await page.title()).toBe('Parley')
  })

  it('opens the evidence beside the words', async () => {
    await page.getByRole('button', { name: 'Evidence 2' }).last().click()
    await page.getByText('Depth within 0.5 % of the mid').waitFor()
  })
})

describe.skipIf(hasNoBrowser)('the chart', () => {
  it('is of another instrument at once, and one that was left draws no more', async () => {
    for (let turn = 0; turn < 12; turn++) {
      const symbol = ['ETH/USDT', 'SOL/USDT', 'BTC/USDT'][turn % 3] as string
      await page.evaluate(`location.hash = '#/desk?symbol=${encodeURIComponent(symbol)}'`)
      await page.getByRole('img', { name: new RegExp(`^${symbol}, .* candles`) }).waitFor()
      await page.waitForTimeout(20 * (turn % 4))
    }
  })
})

describe.skipIf(hasNoBrowser)('the credit of the chart', () => {
  it('is a visible link to TradingView on the chart and in Settings, which tells the other site nothing', async () => {
    for (const place of ['desk', 'settings']) {
      await page.goto(`${desk.url}#/${place}`)
      const link = page.getByRole('link', { name: 'Charts by TradingView' })
      await link.waitFor()
      const of = (name: string) => link.getAttribute(name)
      expect([await of('href'), await of('target'), await of('rel')]).toEqual([
        'https://www.tradingview.com',
        '_blank',
        'noreferrer',
      ])
      // Nothing lies over it: a click arrives.
      await link.click({ trial: true })
    }
  })
})

describe.skipIf(hasNoBrowser)('the plan panel', () => {
  it('leads to the same run on the Plans screen', async () => {
    await page.getByRole('link', { name: 'the whole plan' }).click()
    await page.getByRole('link', { name: 'on the Desk' }).waitFor()
    expect(page.url()).toMatch(/#\/plans\/run/)
  })
})

describe.skipIf(hasNoBrowser)('HO-8 closing by hand', () => {
  const open = () => page.getByRole('button', { name: 'Close BTC/USDT' }).click()
  const dialog = () => page.getByRole('dialog')

  it('names what is sent, what it comes to, and where, before anything leaves (HO-16, UX-22)', async () => {
    await open()
    const held = await dialog().getByLabel('Quantity in BTC').inputValue()
    await dialog()
      .getByRole('button', { name: `Close ${held} BTC` })
      .waitFor()
    for (const words of [/sell .* BTC at market, reduce only/, /paper-1, PAPER/]) {
      await dialog().getByText(words).waitFor()
    }
    const facts = await dialog().locator('dd').allInnerTexts()
    expect(facts).toHaveLength(5)
    expect(facts.filter((fact) => fact.includes('–'))).toEqual([])
    expect(facts).toContain('0.0000 BTC')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Keep the position')
    await dialog().getByLabel('Quantity in BTC').fill('99')
    await dialog().getByText('is held.').waitFor()
    expect(
      await dialog()
        .getByRole('button', { name: /^Close .*BTC$/ })
        .isDisabled(),
    ).toBe(true)
    await dialog().getByRole('button', { name: 'Keep the position' }).click()
    expect(desk.closes).toEqual([])
  })

  it('closes a part with its reason, and then the whole', async () => {
    await open()
    await dialog().getByLabel('Quantity in BTC').fill('0.005')
    await dialog().getByLabel('Reason').fill('Half is enough')
    await dialog().getByRole('button', { name: 'Close 0.005 BTC' }).click()
    await dialog().waitFor({ state: 'detached' })
    expect(desk.closes).toMatchObject([{ instrument: 'BTC/USDT', quantity: '0.005', reason: 'Half is enough' }])
    await open()
    await dialog()
      .getByRole('button', { name: /^Close .*BTC$/ })
      .click()
    await page.getByText('Positions appear with the first fill.').waitFor()
    expect(new Set(desk.closes.map(({ key }) => key)).size).toBe(2)
  })

  it('KS-2 halted, says why it cannot and offers the way out; allowed in REDUCING', async () => {
    desk.setState('HALTED')
    await page.getByText('HALTED', { exact: true }).first().waitFor()
    await open()
    await dialog()
      .getByText(/Trading is HALTED/)
      .waitFor()
    const close = dialog().getByRole('button', { name: /^Close .*BTC$/ })
    expect(await close.isDisabled()).toBe(true)
    await dialog().getByRole('button', { name: 'Allow closing by hand' }).click()
    await dialog()
      .getByText(/Trading is HALTED/)
      .waitFor({ state: 'detached' })
    await close.click()
    await until(() => desk.closes.length === 1, 'the close arrived')
  })
})

describe.skipIf(hasNoBrowser)('EL-2 the bar', () => {
  it('says whether the stop shortcut is armed, not armed, or not available here', async () => {
    const bar = page.getByRole('banner')
    await bar.getByText('not available', { exact: true }).waitFor()
    const accelerator = 'CommandOrControl+Alt+Shift+H'
    desk.shortcutIs({ state: 'not armed', accelerator })
    await bar.getByText('not armed', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Alerts: 2' }).waitFor()
    desk.shortcutIs({ state: 'armed', accelerator })
    await bar.getByText('armed', { exact: true }).waitFor()
  })
})

describe.skipIf(hasNoBrowser)('KS-18 a lost engine', () => {
  it('is said, with the way to stop without it; a stop pressed meanwhile arrives when it is back', async () => {
    desk.freeze()
    await page.getByText('The engine is not responding').waitFor()
    await page.getByText('parley stop').waitFor()
    await stopButton().click()
    await page.getByText('STOP IS NOT CONFIRMED').waitFor()
    desk.thaw()
    await page.getByText('HALTED', { exact: true }).first().waitFor()
    expect(desk.stops.length).toBeGreaterThanOrEqual(1)
    expect(await page.getByText('The engine is not responding').count()).toBe(0)
  })
})

describe.skipIf(hasNoBrowser)('UX-10 by keyboard alone', () => {
  it('everything on the Desk is reached, and the focus is always to be seen', async () => {
    await page.evaluate('document.activeElement.blur()')
    const reached = new Set<string>()
    const unseen: string[] = []
    for (let press = 0; press < 120; press++) {
      await page.keyboard.press('Tab')
      const [name, outlined] = (await page.evaluate(`(() => {
        const element = document.activeElement
        const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.innerText
        const marked = element === document.body || [element, element.nextElementSibling, element.parentElement].some((each) => {
          if (each === null) return false
          const style = getComputedStyle(each)
          return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
        })
        return [label.trim(), marked]
      })()`)) as [string, boolean]
      reached.add(name)
      if (!outlined && name !== '') unseen.push(name)
    }
    for (const name of [
      'Search and commands',
      'Alerts: 1',
      'Other ways to stop',
      'Desk',
      'Plans',
      'Runs',
      'Conversations',
      'Journal',
      'Agents',
      'Settings',
      'Instrument',
      '1h',
      'Data table',
      'Charts by TradingView',
      'Run',
      'Risk profile',
      'Voting policy',
      'Decide',
      'Filter by agent',
      'Search the conversation',
      'Messages',
      'Evidence 2',
      'Steps of the plan',
      'Result and ballots',
      'Width of the chart',
      'Height of the chart',
      'Height of the tables',
      'why ›',
    ]) {
      expect([...reached], name).toContain(name)
    }
    expect([...reached].some((name) => name.startsWith('STOP'))).toBe(true)
    expect([...reached].some((name) => name.startsWith('Positions'))).toBe(true)
    expect([...new Set(unseen)]).toEqual([])
  })

  it('a screen is chosen from the palette', async () => {
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Screens, instruments, runs, commands').fill('journal')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Journal' }).waitFor()
  })
})

describe.skipIf(hasNoBrowser)('every screen', () => {
  it.each([
    [2_560, 1_440],
    [1_440, 900],
    [1_280, 800],
    [640, 400],
  ])('fits %i × %i without scrolling sideways, STOP in view', async (width, height) => {
    await page.setViewportSize({ width, height })
    for (const place of places.map(({ to }) => to.slice(1))) {
      await page.goto(`${desk.url}#/${place}`)
      await page.waitForTimeout(200)
      const wide = await page.evaluate(`(() => {
        const screen = document.querySelector('main')
        return [document.documentElement.scrollWidth - innerWidth, screen.scrollWidth - screen.clientWidth]
      })()`)
      expect([place, wide]).toEqual([place, [0, 0]])
      const box = await stopButton().boundingBox()
      expect(
        box !== null && box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height,
      ).toBe(true)
    }
  })

  it('keeps a chosen theme, and tells every wrong line of a file', async () => {
    await page.goto(`${desk.url}#/settings`)
    await page.getByText('Light', { exact: true }).click()
    await until(
      async () => (await page.evaluate('document.documentElement.dataset.theme')) === 'light',
      'the theme is light',
    )
    await page.setInputFiles('input[type=file]', {
      name: 'bars.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('time,open,high,low,close,volume\n1,2,3\n1,2,3,4,5,6\n'),
    })
    await page.getByText('Line 2: has 3 columns, 6 are needed').waitFor()
    await page.getByText('BARS_NOT_IMPORTABLE').waitFor()
  })

  it('offers for a replay what was imported, and says to import bars where nothing was', async () => {
    await page.goto(`${desk.url}#/settings`)
    await page.getByText('Replay of bars', { exact: true }).click()
    await page.getByText('import bars first').waitFor()
    const use = page.getByRole('button', { name: 'Use this feed' })
    expect(await use.isDisabled()).toBe(true)
    await page.setInputFiles('input[type=file]', {
      name: 'gold.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('time,open,high,low,close,volume\n1,2,3,4,5,6\n'),
    })
    await page.getByText(/^1 bars of 1d, .*, from gold.csv$/).waitFor()
    await page.getByRole('combobox', { name: 'Replayed instrument' }).click()
    expect(await page.getByRole('option').allInnerTexts()).toEqual(['GOLD/USD'])
    await page.keyboard.press('Escape')
    await use.click()
    await page.getByText('The new feed is used after Parley restarts.').waitFor()
  })

  it('verifies the journal on request', async () => {
    await page.goto(`${desk.url}#/journal`)
    await page.getByText('not verified since this page was opened').waitFor()
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    await page.getByText(/Verified: \d+ records/).waitFor()
  })
})
