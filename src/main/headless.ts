import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { openPageFiles } from '#api/page-files.ts'
import { serveNetwork } from '#api/serve-network.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { createDesk } from './desk.ts'
import { resolveHome } from './home.ts'
import { haltOnFaults, openLog, reportTo } from './log.ts'

// The desk without a window, served on this machine: node out/main/headless.js --port 4747 --home <folder>

const usualPort = '4747'
const oldestNode = 24

async function run(): Promise<void> {
  // An older Node would end without a word where the database is opened.
  if (Number.parseInt(process.versions.node, 10) < oldestNode)
    throw new ParleyError('NODE_TOO_OLD', `Parley needs Node ${oldestNode}, and this is ${process.versions.node}.`, {
      wayOut: 'Start it with "npm start", which brings its own.',
    })
  const { values } = parseArgs({ options: { port: { type: 'string', default: usualPort }, home: { type: 'string' } } })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ParleyError('PORT_INVALID', `"${values.port}" is no port.`, { wayOut: 'Give a number from 0 to 65535.' })
  const home = resolveHome(values.home)
  const log = openLog(home)
  const report = reportTo(log)
  const page = await openPageFiles(builtPage()).catch((error: unknown) => {
    console.log(`${errorMessage(error)} Only programs are served.`)
    return undefined
  })
  const desk = await createDesk({ home })
  haltOnFaults(log, (reason) => desk.halt(reason))
  const host = await serveNetwork({
    router: desk.router,
    port,
    token: process.env['PARLEY_TOKEN'] ?? randomBytes(24).toString('base64url'),
    version: desk.status().version,
    ...(page && { page }),
    metrics: () => desk.metrics(),
    report,
  }).catch(async (error: unknown) => {
    await desk.stop('The network host could not start')
    throw error
  })

  let stopping = false
  const stop = async (why: string) => {
    if (stopping) process.exit(1)
    stopping = true
    console.log('Stopping the desk; once more ends it at once.')
    await host.close()
    await desk.stop(why)
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop(`The process was asked to end (${signal})`).catch(fail))

  await desk.start()
  console.log(`Parley is open at ${host.tokenUrl}`)
  console.log(`Its data is in ${home}`)
}

function builtPage(): string {
  const built = basename(join(import.meta.dirname, '..')) === 'out'
  return join(import.meta.dirname, built ? '../renderer' : '../../out/renderer')
}

function fail(error: unknown): void {
  console.error(`${errorCode(error)}: ${errorMessage(error)}`)
  if (error instanceof ParleyError && error.wayOut !== undefined) console.error(error.wayOut)
  process.exit(1)
}

run().catch(fail)
