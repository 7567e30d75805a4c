import { EventEmitter } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Electron from 'electron'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Status } from '#shared/contract/system.ts'
import type { TradingState } from '#shared/domain/trading-state.ts'
import type { Prepared, ShellDesk } from '#shell/shell.ts'
import { stopAccelerator } from '#shell/words.ts'
import { createElectron, preventable } from '#test/fakes/electron.ts'

// The shell against a fake of Electron: everything here is the shell's own doing. That the same shell starts with a
// real page, preload and policy is test/e2e's.

let fake: ReturnType<typeof createElectron>

class DeskRecord {
  readonly calls: string[] = []
  readonly shortcuts: string[] = []
  readonly listeners = new Set<(status: Status) => void>()
  state: TradingState = 'ACTIVE'
  open: readonly string[] = []

  asShellDesk(): ShellDesk {
    return {
      halt: (reason) => {
        this.calls.push(`halt: ${reason}`)
        this.become('HALTED')
      },
      stop: (why) => {
        this.calls.push(`stop: ${why}`)
        return Promise.resolve()
      },
      shortcutIs: ({ state }) => this.shortcuts.push(state),
      status: () => this.status(),
      onStatus: (listener) => {
        this.listeners.add(listener)
        return () => this.listeners.delete(listener)
      },
      serve: () => {
        this.calls.push('serve')
        return () => this.calls.push('port stopped')
      },
      exposure: () => Promise.resolve(this.open),
      page: {
        read: (path) =>
          Promise.resolve(path === '/' ? { body: new Uint8Array(Buffer.from('page')), type: 'text/html' } : undefined),
      },
    }
  }

  become(state: TradingState): void {
    this.state = state
    for (const listener of this.listeners) listener(this.status())
  }

  status(): Status {
    return { mode: 'paper', latch: { state: this.state } } as Status
  }
}

describe('the shell', () => {
  let home: string
  let desk: DeskRecord
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'parley-shell-'))
    desk = new DeskRecord()
    vi.resetModules()
    fake = createElectron()
    vi.doMock('electron', () => fake)
  })
  afterEach(() => rm(home, { recursive: true }))

  async function run(openDesk: Prepared['openDesk'] = () => Promise.resolve(desk.asShellDesk())) {
    const { runShell } = await import('#shell/shell.ts')
    runShell({ home, preload: '/out/preload/index.cjs', prepare: () => ({ openDesk, log: () => {} }) })
    fake.controls.trace.push('entry evaluated')
    await expect.poll(() => fake.controls.windows.length + fake.controls.trace.filter(isExit).length).toBeGreaterThan(0)
    const window = fake.controls.windows[0]
    return { ...fake.controls, window }
  }

  function offerPort(frame: unknown = fake.controls.windows[0]?.webContents.mainFrame) {
    const port = Object.assign(new EventEmitter(), { close: vi.fn() })
    const sender = fake.controls.windows[0]?.webContents
    fake.ipcMain.emit('parley-port', { sender, senderFrame: frame, ports: [port] })
    return port
  }

  it('registers its scheme and sandbox before ready, and waits for ready only after the entry is evaluated', async () => {
    const { trace } = await run()
    expect(trace).toEqual(['lock', 'sandbox', 'schemes', 'entry evaluated', 'ready', 'window'])
  })

  it('EL-3 a second app on the same data leaves at once and opens no desk', async () => {
    fake.controls.lock = false
    const openDesk = vi.fn(() => Promise.resolve(desk.asShellDesk()))
    const { trace } = await run(openDesk)
    expect(trace).toContain('exit 0')
    expect(trace).not.toContain('schemes')
    expect(openDesk).not.toHaveBeenCalled()
  })

  it('says why it could not start, and ends', async () => {
    const { ParleyError } = await import('#shared/lib/error.ts')
    const error = new ParleyError('HOME_IN_USE', 'The data is in use.', { wayOut: 'Close the other Parley.' })
    const { trace } = await run(() => Promise.reject(error))
    expect(trace).toContain(
      'error box: Parley could not start: The data is in use.\n\nClose the other Parley.\n\nHOME_IN_USE',
    )
    expect(trace.at(-1)).toBe('exit 1')
  })

  it('EL-9 confines the page: sandboxed, isolated, no navigation, no windows, no webviews, no permissions', async () => {
    const { window, permissions, privileged, opened } = await run()
    expect(window?.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    })
    for (const flag of ['webSecurity', 'allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures'])
      expect(window?.options.webPreferences).not.toHaveProperty(flag)
    expect(privileged).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
    const contents = window?.webContents
    for (const [name, url, allowed] of [
      ['will-navigate', 'https://evil.example/', false],
      ['will-redirect', 'app://parley.evil.example/', false],
      ['will-navigate', 'app://parley/index.html', true],
    ] as const) {
      const { event, prevented } = preventable()
      contents?.emit(name, { ...event, url })
      expect(prevented()).toBe(!allowed)
    }
    const webview = preventable()
    contents?.emit('will-attach-webview', webview.event)
    expect(webview.prevented()).toBe(true)
    for (const url of ['https://www.tradingview.com/', 'file:///etc/passwd'])
      expect(contents?.openHandler?.({ url } as Electron.HandlerDetails)).toEqual({ action: 'deny' })
    expect(opened).toEqual(['https://www.tradingview.com/'])
    let answer: boolean | undefined
    permissions.request?.({} as never, 'media', (granted) => (answer = granted), {} as never)
    expect(answer).toBe(false)
    expect(permissions.check?.(null, 'media', '', {} as never)).toBe(false)
    expect(permissions.device?.({} as never)).toBe(false)
  })

  it('EL-9 serves the page with its policy, and nothing else', async () => {
    const { handlers } = await run()
    const page = await handlers.get('app')?.(new Request('app://parley/'))
    expect(await page?.text()).toBe('page')
    expect(page?.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const address of ['app://parley/../../etc/passwd', 'app://evil/', 'app://parley/missing.js'])
      expect((await handlers.get('app')?.(new Request(address)))?.status).toBe(404)
  })

  it('EL-9 serves a port only to the top frame of its own page, one at a time', async () => {
    await run()
    offerPort()
    offerPort()
    expect(desk.calls).toEqual(['serve', 'port stopped', 'serve'])
    for (const frame of [
      null,
      { parent: null, origin: 'https://evil.example' },
      { parent: {}, origin: 'app://parley' },
      { parent: null, origin: 'null' },
    ])
      expect(offerPort(frame).close).toHaveBeenCalledOnce()
    expect(desk.calls).toHaveLength(3)
  })

  it('KS-1 the shortcut, the tray and the menu halt at once and ask nothing', async () => {
    const { shortcuts, trays, menu, dialogs } = await run()
    shortcuts.get(stopAccelerator)?.()
    press(trays[0]?.menu, 'Stop trading')
    press(menu[0]?.submenu, 'Stop trading')
    expect(desk.calls).toEqual([
      'halt: Stopped by the shortcut',
      'halt: Stopped by the tray',
      'halt: Stopped by the menu',
    ])
    expect(dialogs).toEqual([])
  })

  it('KS-17 the tray and the shortcut stop trading while the page is frozen or gone', async () => {
    const { shortcuts, trays, window } = await run()
    window?.emit('unresponsive')
    window?.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    shortcuts.get(stopAccelerator)?.()
    press(trays[0]?.menu, 'Stop trading')
    expect(desk.calls).toHaveLength(2)
  })

  it('EL-2 says so when another program holds the stop shortcut', async () => {
    fake.controls.taken.add(stopAccelerator)
    const { trays } = await run()
    expect(labels(trays[0]?.menu)).toContain(`Stop shortcut NOT armed: ${stopAccelerator} is taken`)
  })

  it('EL-2 arms the shortcut again after sleep', async () => {
    fake.controls.taken.add(stopAccelerator)
    const { trays, shortcuts, taken } = await run()
    taken.clear()
    fake.powerMonitor.emit('resume')
    expect(shortcuts.has(stopAccelerator)).toBe(true)
    expect(labels(trays[0]?.menu)).toContain(`Stop shortcut armed: ${stopAccelerator}`)
    expect(desk.shortcuts).toEqual(['not armed', 'armed'])
  })

  it('EL-4 the tray shows the state by shape and in words, as it changes', async () => {
    const { trays } = await run()
    const active = trays[0]?.image
    expect(trays[0]?.tooltip).toBe('Parley · PAPER · ACTIVE')
    desk.become('HALTED')
    expect(trays[0]?.tooltip).toBe('Parley · PAPER · HALTED')
    expect(trays[0]?.image).not.toEqual(active)
    expect(labels(trays[0]?.menu)).toEqual(expect.arrayContaining(['Stop trading', 'Open Parley', 'Quit']))
  })

  it('EL-4 a desktop without a tray still has its window and its shortcut', async () => {
    fake.controls.tray = false
    const { shortcuts, windows } = await run()
    expect(windows).toHaveLength(1)
    expect(shortcuts.has(stopAccelerator)).toBe(true)
  })

  it('EL-1 a page that crashes is loaded again and the desk is not touched', async () => {
    const { window } = await run()
    window?.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    await expect.poll(() => window?.loaded).toEqual(['app://parley/', 'app://parley/'])
    expect(desk.calls).toEqual([])
  })

  it('EL-1 a page that keeps crashing is not loaded for ever: the person is asked', async () => {
    const { window, dialogs } = await run()
    for (let crash = 0; crash < 3; crash++) window?.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    expect(window?.loaded).toHaveLength(3)
    expect(dialogs.at(-1)?.message).toContain('The desk keeps running')
  })

  it('EL-5 closing the window asks once, is remembered, and leaves the desk running', async () => {
    const { windows, dialogs, presses, trays } = await run()
    presses.push(0)
    windows[0]?.close()
    await expect.poll(() => windows[0]?.isDestroyed()).toBe(true)
    expect(dialogs[0]?.message).toBe('Closing the window does not stop the desk.')
    expect(desk.calls).toEqual([])
    press(trays[0]?.menu, 'Open Parley')
    expect(windows).toHaveLength(2)
    windows[1]?.close()
    expect(windows[1]?.isDestroyed()).toBe(true)
    expect(dialogs).toHaveLength(1)
  })

  it('EL-5 closing the window quits when that was the answer', async () => {
    const { windows, presses, trace } = await run()
    presses.push(1)
    windows[0]?.close()
    await expect.poll(() => trace.at(-1)).toBe('exit 0')
    expect(desk.calls).toEqual(['stop: The trader quit the app'])
  })

  it('EL-5 quitting with something open lists it, and the person may stay', async () => {
    const { dialogs, presses, trace } = await run()
    desk.open = ['BTC/USDT long 0.015, average 63980', 'ETH/USDT sell order of 2: ACCEPTED']
    presses.push(0)
    fake.app.quit()
    await expect.poll(() => dialogs.length).toBe(1)
    expect(dialogs[0]?.detail).toBe(desk.open.join('\n'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(desk.calls).toEqual([])
    presses.push(1)
    fake.app.quit()
    await expect.poll(() => trace.at(-1)).toBe('exit 0')
    expect(desk.calls).toEqual(['stop: The trader quit the app'])
  })

  it('EL-5 quitting with nothing open asks nothing', async () => {
    const { dialogs, trace } = await run()
    fake.app.quit()
    await expect.poll(() => trace.at(-1)).toBe('exit 0')
    expect(dialogs).toEqual([])
  })

  it.each([
    ['linux', 'gnome_libsecret', null],
    ['linux', 'basic_text', expect.stringContaining('readable by anybody')],
    ['darwin', 'basic_text', null],
    ['linux', 'none', expect.stringContaining('no keyring')],
  ] as const)(
    'EL-8 on %s with the keyring %s the desk is handed a cipher whose weakness is %s',
    async (platform, keyring, weakness) => {
      vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }))
      fake.controls.keyring = keyring
      const openDesk = vi.fn<Prepared['openDesk']>(() => Promise.resolve(desk.asShellDesk()))
      await run(openDesk)
      vi.unstubAllGlobals()
      const cipher = openDesk.mock.calls[0]?.[0]
      expect(cipher?.weakness).toEqual(weakness)
      const encrypted = cipher?.encrypt('a key') ?? Buffer.of()
      expect(encrypted.toString()).not.toBe('a key')
      expect(cipher?.decrypt(encrypted)).toBe('a key')
    },
  )

  it('the desk outlives its last window', async () => {
    const { trace } = await run()
    fake.app.emit('window-all-closed')
    expect(fake.app.listenerCount('window-all-closed')).toBe(1)
    expect(trace.some(isExit)).toBe(false)
  })

  it('halts when the computer goes to sleep and stops the desk when it shuts down', async () => {
    const { trace } = await run()
    fake.powerMonitor.emit('suspend')
    expect(desk.calls).toEqual(['halt: The computer went to sleep'])
    const { event, prevented } = preventable()
    fake.powerMonitor.emit('shutdown', event)
    expect(prevented()).toBe(true)
    await expect.poll(() => trace.at(-1)).toBe('exit 0')
    expect(desk.calls).toContain('stop: The computer is shutting down')
  })

  it('EL-11 another start with an address only shows the window', async () => {
    const { windows } = await run()
    fake.app.emit('second-instance', {}, ['parley', 'parley://rearm'])
    expect(windows).toHaveLength(1)
    expect(desk.calls).toEqual([])
  })
})

function isExit(entry: string): boolean {
  return entry.startsWith('exit')
}

type Items = readonly Electron.MenuItemConstructorOptions[] | Electron.MenuItemConstructorOptions['submenu'] | undefined

function press(items: Items, label: string): void {
  const item = Array.isArray(items) ? items.find((candidate) => candidate.label === label) : undefined
  if (item?.click === undefined) throw new Error(`There is no menu item "${label}".`)
  item.click(undefined as never, undefined, undefined as never)
}

function labels(items: Items): (string | undefined)[] {
  return Array.isArray(items) ? items.map((item) => item.label) : []
}
