import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openPageFiles } from '#api/page-files.ts'
import { serveNetwork } from '#api/serve-network.ts'
import { resourcesFolder } from '#main/config/config.ts'
import { chooseToken } from '#main/config/token.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { createDesk } from './desk.ts'
import { hostFile } from './host-file.ts'
import { haltOnFaults, openLog, reportTo } from './log.ts'
import type { TimeAndChance } from './rehearsal.ts'

interface HostOptions extends TimeAndChance {
  readonly home: string
  /** 0 takes any free port. */
  readonly port: number
}

const usualPort = 4747
const oldestNode = 24

/** Reads a port from text; the usual one when there is none. Throws PORT_INVALID. */
export function parsePort(text: string | undefined): number {
  const port = text === undefined ? usualPort : Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ParleyError('PORT_INVALID', `"${text}" is no port.`, { wayOut: 'Give a number from 0 to 65535.' })
}

/**
 * Serves a desk without a window on this machine until the process is asked to end, and says where. Throws NODE_TOO_OLD,
 * TOKEN_INVALID, PORT_IN_USE and whatever opening the desk throws.
 */
export async function runHost({ home, port, ...timeAndChance }: HostOptions): Promise<void> {
  // An older Node would end without a word where the database is opened.
  if (Number.parseInt(process.versions.node, 10) < oldestNode)
    throw new ParleyError('NODE_TOO_OLD', `Parley needs Node ${oldestNode}, and this is ${process.versions.node}.`, {
      wayOut: 'Start it with "npm start", which brings its own.',
    })
  const token = chooseToken(process.env['PARLEY_TOKEN'])
  const page = await openPageFiles(join(resourcesFolder(), '../out/renderer')).catch((error: unknown) => {
    console.log(`${errorMessage(error)} Only programs are served.`)
    return undefined
  })
  const desk = await createDesk({ home, ...timeAndChance })
  const log = openLog(home)
  if (timeAndChance.rehearsal !== undefined) {
    log.warn(timeAndChance.rehearsal)
    console.log(`${timeAndChance.rehearsal}.`)
  }
  haltOnFaults(log, (reason) => desk.halt(reason))
  const host = await serveNetwork({
    router: desk.router,
    port,
    token,
    version: desk.status().version,
    ...(page && { page }),
    metrics: () => desk.metrics(),
    report: reportTo(log),
  }).catch(async (error: unknown) => {
    await desk.stop('The network host could not start')
    throw error
  })

  let stopping = false
  const stop = async (why: string) => {
    if (stopping) process.exit(1)
    stopping = true
    console.log('Stopping the desk; once more ends it at once.')
    rmSync(hostFile(home), { force: true })
    await host.close()
    await desk.stop(why)
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      stop(`The process was asked to end (${signal})`).catch((error: unknown) => {
        console.error(errorMessage(error))
        process.exit(1)
      })
    })

  await desk.start()
  const { origin } = new URL(host.tokenUrl)
  writeFileSync(hostFile(home), `${JSON.stringify({ origin, token, pid: process.pid })}\n`, { mode: 0o600 })
  console.log(`Parley is open at ${host.tokenUrl}`)
  console.log(`Its data is in ${home}`)
}
