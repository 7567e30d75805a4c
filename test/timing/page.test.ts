import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
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

const scrollOf = () =>
  page.evaluate(
    '((element) => [element.scrollTop, element.scrollHeight - element.clientHeight])(document.querySelector("[role=log]"))',
  ) as Promise<[number, number]>

describe.skipIf(hasNoBrowser)('at 200 events a second', () => {
  it('nothing shifts, and the page stays quick to the hand', async () => {
    await page.evaluate(`(() => {
      window.seen = { shift: 0, long: [], frames: [] }
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.seen.shift += entry.value
      }).observe({ type: 'layout-shift' })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.seen.long.push(entry.duration)
      }).observe({ type: 'longtask' })
      let last = performance.now()
      const frame = (now) => { window.seen.frames.push(now - last); last = now; requestAnimationFrame(frame) }
      requestAnimationFrame(frame)
    })()`)
    const calm = desk.storm(200)
    await page.waitForTimeout(6_000)
    calm()
    const seen = (await page.evaluate('window.seen')) as { shift: number; long: number[]; frames: number[] }
    const frames = seen.frames.sort((a, b) => a - b)
    const p95 = frames[Math.floor(frames.length * 0.95)] ?? Number.POSITIVE_INFINITY
    console.log(
      `layout shift ${seen.shift.toFixed(4)}, long tasks ${seen.long.length} (longest ${Math.max(0, ...seen.long)} ms), frame p95 ${p95.toFixed(1)} ms of ${frames.length}`,
    )
    expect(seen.shift).toBeLessThan(0.005)
    expect(p95).toBeLessThan(100)
    const [now, end] = await scrollOf()
    expect(end - now).toBeLessThan(2)
  })
})

describe.skipIf(hasNoBrowser)('KS-18 a lost engine', () => {
  it('is said within three seconds', async () => {
    desk.freeze()
    await page.getByText('The engine is not responding').waitFor({ timeout: 3_500 })
  })
})
