import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Logger } from 'pino'
import { listExposure } from '#api/exposure.ts'
import { openPageFiles } from '#api/page-files.ts'
import { servePort } from '#api/serve-port.ts'
import { runShell, type ShellDesk } from '#shell/shell.ts'
import { prepareHome } from '#store/home.ts'
import type { Cipher } from '#store/keyring.ts'
import { createDesk } from './compose/desk.ts'
import { haltOnFaults, openLog, reportTo } from './compose/log.ts'
import { timeAndChance } from './compose/rehearsal.ts'
import { resolveHome } from './config/home.ts'

// The desktop app: the desk and the shell around it, as built into out/.

const { values } = parseArgs({ options: { home: { type: 'string' } }, strict: false })
const home = resolveHome(typeof values.home === 'string' ? values.home : undefined)

/** The page beats twice a second; one that is silent for this long gets no more of its streams until it is heard. */
const heartbeatMs = 5_000

runShell({
  home,
  preload: join(import.meta.dirname, '../preload/index.cjs'),
  prepare() {
    prepareHome(home)
    const log = openLog(home)
    return { log: (message, details) => log.warn({ details }, message), openDesk: (cipher) => openDesk(log, cipher) }
  },
})

async function openDesk(log: Logger, cipher: Cipher): Promise<ShellDesk> {
  const page = await openPageFiles(join(import.meta.dirname, '../renderer'))
  const given = timeAndChance(process.env)
  if (given.rehearsal !== undefined) {
    log.warn(given.rehearsal)
    process.stderr.write(`${given.rehearsal}.\n`)
  }
  const desk = await createDesk({ home, cipher, ...given })
  haltOnFaults(log, (reason) => desk.halt(reason))
  desk.start().catch((error: unknown) => {
    desk.halt('The desk could not start')
    log.error({ err: error }, 'The desk could not start.')
  })
  return {
    page,
    halt: (reason) => desk.halt(reason),
    stop: (why) => desk.stop(why),
    shortcutIs: (shortcut) => desk.shortcutIs(shortcut),
    status: () => desk.status(),
    onStatus: (listener) => desk.onStatus(listener),
    exposure: () => listExposure(desk.router),
    serve: (port) =>
      servePort(port, { router: desk.router, context: { caller: 'window' }, report: reportTo(log), heartbeatMs }),
  }
}
