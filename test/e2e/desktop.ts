import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The started desktop app in the hands of a test. */
export interface DesktopApp {
  /** The origin that the page sees. */
  readonly origin: string
  /** Runs an expression in the page, not in the preload's world; resolves what it resolves. */
  evaluate(code: string): Promise<unknown>
  /** Presses an item of the application's menu. */
  press(label: string): Promise<void>
  /** Windows that are shown. */
  windows(): Promise<number>
  quit(): Promise<void>
}

/** Asks the preload for a port, as the page does, and makes one call on it in oRPC's wire format. */
export const callOnPort = (path: string) => `new Promise((resolve, reject) => {
  const nonce = crypto.randomUUID()
  setTimeout(() => reject(new Error('no answer')), 20_000)
  addEventListener('message', ({ data, ports, source, origin }) => {
    if (source !== window || origin !== location.origin || data?.type !== 'parley-port' || data.nonce !== nonce) return
    ports[0].onmessage = ({ data }) => resolve(JSON.parse(data))
    ports[0].postMessage(JSON.stringify({ i: '1', p: { u: ${JSON.stringify(path)}, b: {} } }))
  })
  postMessage({ type: 'parley-port-please', nonce }, location.origin)
})`

/** What the desktop app must do, on Electron and, as far as it can show it, on the stand-in. */
export function describeDesktop(name: string, launch: () => Promise<DesktopApp>): void {
  describe(name, () => {
    let app: DesktopApp
    beforeAll(async () => {
      app = await launch()
    })
    afterAll(() => app?.quit())

    it('opens one window with the built page', async () => {
      expect(await app.evaluate('document.title')).toContain('Parley')
      expect(await app.evaluate('location.origin')).toBe(app.origin)
      await expect.poll(() => app.windows()).toBe(1)
    })

    it('EL-9 the policy arrives as a header and is obeyed', async () => {
      const header = await app.evaluate(`fetch('/').then((reply) => reply.headers.get('content-security-policy'))`)
      expect(header).toContain("default-src 'none'; script-src 'self'")
      const tried = await app.evaluate(`new Promise((resolve) => {
        const script = document.createElement('script')
        script.textContent = 'window.inlineRan = true'
        document.head.append(script)
        setTimeout(() => {
          let compiled = true
          try { new Function('return 1')() } catch { compiled = false }
          resolve({ inline: window.inlineRan === true, compiled })
        }, 50)
      })`)
      expect(tried).toEqual({ inline: false, compiled: false })
      expect(await app.evaluate(`fetch('https://example.org/').then(() => 'sent', () => 'refused')`)).toBe('refused')
    })

    it('EL-9 the page sees nothing of Node, of Electron or of the preload', async () => {
      const names = ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer', 'standInSend']
      for (const name of names) expect(await app.evaluate(`typeof globalThis.${name}`), name).toBe('undefined')
    })

    it('EL-9 no path leads out of the page', async () => {
      for (const path of ['/../main/index.js', '/..%2fmain%2findex.js', '/%2e%2e/preload/index.cjs', '/nothing.js'])
        expect(await app.evaluate(`fetch(${JSON.stringify(path)}).then((reply) => reply.status)`), path).toBe(404)
    })

    it('EL-9 the page can neither leave nor open another window', async () => {
      const opened = await app.evaluate(`(async () => {
        const opened = window.open('http://example.org/')
        for (let tries = 0; tries < 40 && opened !== null && !opened.closed; tries++)
          await new Promise((resolve) => setTimeout(resolve, 50))
        return opened === null || opened.closed
      })()`)
      expect(opened).toBe(true)
      await app.evaluate(`void (location.href = 'http://example.org/')`)
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(await app.evaluate('location.origin')).toBe(app.origin)
      await expect.poll(() => app.windows()).toBe(1)
    })

    it('hands the page a port on which the desk answers', async () => {
      expect(await app.evaluate(callOnPort('/system/status'))).toMatchObject({
        i: '1',
        p: { b: { json: { mode: 'paper', latch: { state: expect.stringMatching(/ACTIVE|REDUCING|HALTED/) } } } },
      })
    })

    it('hands out no port without being asked rightly', async () => {
      const answers = await app.evaluate(`new Promise((resolve) => {
        const answers = []
        addEventListener('message', ({ data }) => data?.type === 'parley-port' && answers.push(data))
        postMessage({ type: 'parley-port-please' }, location.origin)
        postMessage({ type: 'parley-port-please', nonce: 7 }, location.origin)
        postMessage('parley-port-please', location.origin)
        setTimeout(() => resolve(answers.length), 300)
      })`)
      expect(answers).toBe(0)
    })

    it('answers bad calls on the port with a code', async () => {
      expect(await app.evaluate(callOnPort('/trading/rearm'))).toMatchObject({
        p: { s: 400, b: { json: { code: 'BAD_REQUEST' } } },
      })
    })

    it('KS-1 the menu stops trading, and the page hears of it', async () => {
      await app.press('Stop trading')
      expect(await app.evaluate(callOnPort('/system/status'))).toMatchObject({
        p: { b: { json: { latch: { state: 'HALTED', reason: 'Stopped by the menu' } } } },
      })
    })
  })
}
