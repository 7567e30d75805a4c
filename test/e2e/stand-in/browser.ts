import { EventEmitter } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type CDPSession, chromium, type Page, type Route } from 'playwright-core'
import { type createElectron, type FakeWindow, type PageOpener, preventable } from '#test/fakes/electron.ts'
import { chromiumFlags, findChromium } from '../chromium.ts'
import { binding, type FromPreload, preloadScript, preloadWorld } from './preload-world.ts'

type FakeElectron = ReturnType<typeof createElectron>

export interface StandInBrowser {
  readonly pages: PageOpener
  connect(electron: FakeElectron): void
  page(window: FakeWindow): Page | undefined
  /** Process ids of the pages' renderers. */
  renderers(): Promise<number[]>
  close(): Promise<void>
}

// Chromium knows no scheme app://, so the page lives under an https address that is answered here and nowhere else.
const own = 'app://parley'
const shown = 'https://parley.stand-in.invalid'

/** A real Chromium behind the fake's windows. */
export function openBrowser(): StandInBrowser {
  const folder = mkdtempSync(join(tmpdir(), 'parley-stand-in-'))
  const pages = new Map<FakeWindow, Page>()
  let electron: FakeElectron | undefined
  let context: Promise<BrowserContext> | undefined

  async function launch(): Promise<BrowserContext> {
    const executablePath = findChromium()
    if (executablePath === undefined) throw new Error('There is no Chromium for the stand-in.')
    const browser = await chromium.launchPersistentContext(folder, {
      executablePath,
      args: chromiumFlags,
      viewport: { width: 1_440, height: 900 },
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/152.0.0.0 Electron/45.4.1 stand-in',
    })
    // Nothing leaves the machine, whatever a page or a popup asks for.
    await browser.route('**/*', (route) => route.abort('blockedbyclient'))
    return browser
  }

  async function openPage(window: FakeWindow): Promise<Page> {
    context ??= launch()
    const browser = await context
    const page = await browser.newPage()
    pages.set(window, page)
    const session = await browser.newCDPSession(page)
    await loadPreload(window, session, requireConnected())
    await page.route('**/*', (route) => answer(route, page, window, requireConnected()))
    page.on('popup', (popup) => void decidePopup(popup, window))
    page.on('crash', () => {
      pages.delete(window)
      void page.close()
      window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
    })
    return page
  }

  function requireConnected(): FakeElectron {
    if (electron === undefined) throw new Error('The stand-in was not connected.')
    return electron
  }

  return {
    pages: {
      async open(window, address) {
        const page = pages.get(window) ?? (await openPage(window))
        await page.goto(address.replace(own, shown))
      },
      close(window) {
        void pages.get(window)?.close()
        pages.delete(window)
      },
    },
    connect(fake) {
      electron = fake
    },
    page: (window) => pages.get(window),
    async renderers() {
      const browser = (await context)?.browser()
      const session = await browser?.newBrowserCDPSession()
      const info = await session?.send('SystemInfo.getProcessInfo')
      return (info?.processInfo ?? []).filter(({ type }) => type === 'renderer').map(({ id }) => id)
    },
    async close() {
      await (await context)?.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** app:// goes to the app's handler, a navigation elsewhere to will-navigate, anything else nowhere. */
async function answer(route: Route, page: Page, window: FakeWindow, electron: FakeElectron): Promise<void> {
  const request = route.request()
  const url = request.url()
  const handler = electron.controls.handlers.get('app')
  if (url.startsWith(`${shown}/`) && handler !== undefined) {
    const response = await handler(new Request(url.replace(shown, own), { method: request.method() }))
    const body = Buffer.from(await response.arrayBuffer())
    return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
  }
  if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
    const { event, prevented } = preventable()
    window.webContents.emit('will-navigate', { ...event, url })
    electron.controls.trace.push(`navigation to ${url} ${prevented() ? 'prevented' : 'ALLOWED'}`)
    // An aborted navigation leaves the page where it is.
    return route.abort('aborted')
  }
  return route.abort('blockedbyclient')
}

async function decidePopup(popup: Page, window: FakeWindow): Promise<void> {
  const decision = window.webContents.openHandler?.({ url: popup.url() } as never)
  if (decision?.action !== 'allow') await popup.close()
}

/** Runs the window's preload in an isolated world of every document, and joins its ports to ipcMain. */
async function loadPreload(window: FakeWindow, session: CDPSession, electron: FakeElectron): Promise<void> {
  const preload = window.options.webPreferences?.preload
  if (preload === undefined) throw new Error('The window has no preload script.')
  let world: number | undefined
  let ports = new Map<number, RelayedPort>()
  const call = (code: string) => {
    if (world !== undefined) session.send('Runtime.evaluate', { expression: code, contextId: world }).catch(() => {})
  }
  session.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name === preloadWorld) world = context.id
  })
  session.on('Runtime.executionContextsCleared', () => {
    world = undefined
    for (const port of ports.values()) port.emit('close')
    ports = new Map()
  })
  session.on('Runtime.bindingCalled', ({ payload }) => {
    const message: FromPreload = JSON.parse(payload)
    if (message.kind === 'ipc') {
      const offered = message.ports.map((id) => {
        const port = new RelayedPort(id, call)
        ports.set(id, port)
        return port
      })
      electron.ipcMain.emit(message.channel, {
        sender: window.webContents,
        senderFrame: window.webContents.mainFrame,
        ports: offered,
      })
    } else if (message.kind === 'message') ports.get(message.port)?.receive(message.data)
    else ports.get(message.port)?.emit('close')
  })
  await session.send('Page.enable')
  await session.send('Runtime.enable')
  await session.send('Runtime.addBinding', { name: binding, executionContextName: preloadWorld })
  await session.send('Page.addScriptToEvaluateOnNewDocument', {
    source: preloadScript(readFileSync(preload, 'utf8')),
    worldName: preloadWorld,
  })
}

/** Main's end of a port whose other end is in the page: like MessagePortMain, silent until started. */
class RelayedPort extends EventEmitter {
  readonly #id: number
  readonly #call: (code: string) => void
  #waiting: unknown[] | undefined = []

  constructor(id: number, call: (code: string) => void) {
    super()
    this.#id = id
    this.#call = call
  }
  start(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const data of waiting) this.emit('message', { data })
  }
  receive(data: unknown): void {
    if (this.#waiting === undefined) this.emit('message', { data })
    else this.#waiting.push(data)
  }
  postMessage(data: unknown): void {
    this.#call(`standInDeliver(${this.#id}, ${JSON.stringify(data)})`)
  }
  close(): void {
    this.#call(`standInClose(${this.#id})`)
  }
}
