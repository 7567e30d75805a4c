import { parseArgs } from 'node:util'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { parsePort, runHost } from './compose/host.ts'
import { timeAndChance } from './compose/rehearsal.ts'
import { resolveHome } from './config/home.ts'

// The desk without a window, served on this machine: node out/main/headless.js --port 4747 --home <folder>

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, home: { type: 'string' } } })
  await runHost({ home: resolveHome(values.home), port: parsePort(values.port), ...timeAndChance(process.env) })
}

run().catch((error: unknown) => {
  console.error(`${errorCode(error)}: ${errorMessage(error)}`)
  if (error instanceof ParleyError && error.wayOut !== undefined) console.error(error.wayOut)
  process.exit(1)
})
