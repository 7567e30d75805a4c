import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { build, isStale, root } from './build.ts'
import { fetchElectron, findElectron } from './electron-binary.ts'

// npm start: the desktop app where Electron can be had, else the same desk in a browser. PARLEY_HEADLESS=1 asks for the
// browser. What follows `--` goes to the host: npm start -- --port 4800 --home ~/other-desk

const args = process.argv.slice(2)
const settleMs = 3_000
const say = (line: string) => console.log(line)

/** Why there can be no window; undefined when there can. */
function noWindow(): string | undefined {
  const linux = process.platform === 'linux'
  if (process.env['PARLEY_HEADLESS'] === '1') return 'PARLEY_HEADLESS is set'
  if (!hasDisplay()) return 'there is no display'
  if (linux && process.getuid?.() === 0) return 'Electron does not run as root without giving up its sandbox'
  return undefined
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}

function openInBrowser(address: string): void {
  const [command = '', ...rest] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""', address]
        : ['xdg-open', address]
  const child = spawn(command, rest, { stdio: 'ignore', detached: true })
  child.on('error', () => say('Open this address in a browser.'))
  child.unref()
}

function runHeadless(): ChildProcess {
  const child = spawn(process.execPath, [join(root, 'out/main/headless.js'), ...args], {
    stdio: ['inherit', 'pipe', 'inherit'],
  })
  let line = ''
  let opened = false
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk)
    line += chunk
    const address = /Parley is open at (\S+)\n/.exec(line)?.[1]
    if (opened || address === undefined) return
    opened = true
    if (hasDisplay()) openInBrowser(address)
    else say('Open this address in a browser.')
  })
  return child
}

/** Electron, or why it did not start: a binary whose libraries are missing ends at once. */
async function runElectron(binary: string): Promise<ChildProcess | string> {
  const child = spawn(binary, [root, ...args], { stdio: 'inherit' })
  return new Promise((resolve) => {
    const settled = setTimeout(() => resolve(child), settleMs)
    const fail = (what: string) => {
      clearTimeout(settled)
      resolve(`Electron did not start (${what})`)
    }
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code) => {
      // A person may quit as early as that, and a second app leaves at once.
      if (code === 0) process.exit(0)
      fail(`it ended with ${code}`)
    })
  })
}

async function start(): Promise<ChildProcess | undefined> {
  if (isStale()) {
    say('Building Parley ...')
    if (!build()) return undefined
  }
  let reason = noWindow()
  if (reason === undefined) {
    const electron = findElectron() ?? (await fetchElectron(say))
    const running =
      electron === undefined ? 'Electron is not on this machine and could not be fetched' : await runElectron(electron)
    if (typeof running !== 'string') return running
    reason = running
  }
  say(`No desktop window: ${reason}. The same desk opens in a browser.`)
  return runHeadless()
}

const child = await start()
if (child === undefined) process.exit(1)
// A terminal sends its signals to the whole group, so the child has them already; anyone else's are passed on.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.stdin.isTTY || child.kill(signal))
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code) => process.exit(code ?? 1))
