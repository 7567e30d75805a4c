import type { Command } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import type { Status } from '#shared/contract/system.ts'
import { deadManWords } from '#shared/domain/dead-man-switch.ts'
import type { Latch, StopLevel, StopProgress } from '#shared/domain/trading-state.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'
import { createFileLatchStore } from '#store/latch.ts'
import { requestStop } from '#store/stop-request.ts'
import { homeOption, jsonOption, wholeNumber } from './options.ts'
import { findRunningDesk, type RunningDesk } from './running-desk.ts'
import { print } from './terminal.ts'

interface Flags {
  readonly home?: string
  readonly json?: boolean
}

/** Adds serve, status, stop and rearm: the commands that open a desk or talk to one. */
export function deskCommands(program: Command): void {
  program
    .command('serve')
    .description('serve the desk on this machine, for a browser and for programs')
    .option('--port <port>', 'the port (default: 4747; 0 takes any that is free)')
    .addOption(homeOption())
    .action(async ({ port, home }: { port?: string; home?: string }) => {
      const { parsePort, runHost } = await import('#main/compose/host.ts')
      const { timeAndChance } = await import('#main/compose/rehearsal.ts')
      await runHost({ home: resolveHome(home), port: parsePort(port), ...timeAndChance(process.env) })
    })
  program
    .command('status')
    .description('show the state of the desk')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json }: Flags) => showStatus(resolveHome(home), json === true))
  program
    .command('stop')
    .description('halt the desk at once, running or not, without asking')
    .option(
      '--level <level>',
      '1 halts, 2 also cancels orders that add risk, 3 cancels every order',
      wholeNumber(1, 3),
      2,
    )
    .option('--reason <text>', 'why', 'Stopped from the command line')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ level, reason, home, json }: Flags & { level: number; reason: string }) =>
      stop(resolveHome(home), level as StopLevel, reason, json === true),
    )
  program
    .command('rearm')
    .description('let a halted desk trade again')
    .requiredOption('--reason <text>', 'why, in at least ten characters')
    .requiredOption('--account <name>', 'the account, typed out')
    .requiredOption('--mode <mode>', 'the mode, typed out: paper')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json, ...typed }: Flags & { reason: string; account: string; mode: string }) => {
      const desk = findRunningDesk(resolveHome(home))
      if (desk === undefined) {
        throw new ParleyError(
          'DESK_NOT_RUNNING',
          'No desk is open on this data folder, so there is nothing to re-arm.',
          {
            wayOut: 'Start it with "npm start" or "parley serve", then re-arm it.',
          },
        )
      }
      const latch = await desk.call<Latch>('POST', '/rearm', typed)
      print(json === true ? JSON.stringify(latch) : `${latch.state}: ${latch.reason}`)
    })
}

async function showStatus(home: string, json: boolean): Promise<void> {
  const desk = findRunningDesk(home)
  if (desk === undefined) {
    const latch = readLatchOf(home)
    if (json) return print(JSON.stringify({ running: false, home, latch }))
    print(`No desk is open on ${home}.`)
    return print(latch === null ? 'It was never used.' : `The next start will be ${latch.state}: ${latch.reason}`)
  }
  const status = await desk.call<Status>('GET', '/status')
  if (json) return print(JSON.stringify({ running: true, home, origin: desk.origin, status }))
  const { account, latch, feed, broker } = status
  print(`Parley ${status.version} on ${home}, open at ${desk.origin}`)
  print(`trading   ${latch.state} since ${new Date(latch.at).toISOString()}: ${latch.reason}`)
  print(
    `account   ${account.id} (${status.mode}), equity ${account.equity ?? 'unavailable'} ${account.currency}, today ${status.dayPnl ?? 'unavailable'}`,
  )
  if (account.unknown !== null) print(`          holdings unknown: ${account.unknown}`)
  print(`feed      ${feed.name}, ${feed.connected ? 'connected' : 'not connected'}`)
  print(`broker    ${broker.name}, ${broker.connected ? 'connected' : 'not connected'}`)
  if (status.deadManSwitch.supported) print(`timer     ${timerWords(status)}`)
  print(`run       ${status.activeRunId ?? 'none in progress'}`)
  print(`journal   ${status.journalSize} records`)
}

function timerWords({ deadManSwitch, now }: Status): string {
  const { refreshedAt } = deadManSwitch
  const since = refreshedAt === null ? '' : `, last set ${new Date(refreshedAt).toISOString()}`
  return `${deadManWords(deadManSwitch, now)}${since}`
}

function readLatchOf(home: string): Pick<Latch, 'state' | 'reason'> | null {
  const store = createFileLatchStore(home)
  const request = store.stopRequested()
  if (request !== undefined) return { state: 'HALTED', reason: request.reason }
  try {
    return store.load() ?? null
  } catch (error) {
    return { state: 'HALTED', reason: errorMessage(error) }
  }
}

/** Leaves a STOP file; why it could not, otherwise. */
function leaveStopFile(home: string, level: StopLevel, reason: string): ParleyError | undefined {
  try {
    requestStop(home, level, reason)
    return undefined
  } catch (error) {
    if (error instanceof ParleyError) return error
    throw error
  }
}

/**
 * Leaves a STOP file first, which wins whatever state the process is in (KS-17), and then asks the desk itself. The file
 * carries the level. Either is enough: a full disk does not keep the desk from being asked, nor a desk that cannot be found
 * the file from being left.
 */
async function stop(home: string, level: StopLevel, reason: string, json: boolean): Promise<void> {
  const failure = leaveStopFile(home, level, reason)
  try {
    const desk = findRunningDesk(home)
    if (desk !== undefined) return await askToStop(desk, level, reason, json)
  } catch (error) {
    if (leaveStopFile(home, level, reason) !== undefined && failure !== undefined) {
      const message = `It is not known whether the desk was stopped. ${errorMessage(error)} ${failure.message}`
      throw new ParleyError('STOP_UNKNOWN', message, {
        retry: 'ambiguous',
        wayOut: `Press STOP in its window, or end the process that has ${home} open.`,
        cause: error,
      })
    }
    process.exitCode = 1
    if (json) return print(JSON.stringify({ running: true, stopFile: true, error: errorMessage(error) }))
    return print(`A STOP file is in place: the desk halts before any order as soon as it runs. ${errorMessage(error)}`)
  }
  if (failure !== undefined) throw failure
  if (json) return print(JSON.stringify({ running: false, stopFile: true }))
  print(`No desk is open on ${home}. A STOP file is in place: the next start will be HALTED.`)
}

async function askToStop(desk: RunningDesk, level: StopLevel, reason: string, json: boolean): Promise<void> {
  type Stopped = { readonly latch: Latch; readonly progress: StopProgress }
  const { latch, progress } = await desk.call<Stopped>('POST', '/stop', { level, reason })
  if (json) return print(JSON.stringify({ running: true, latch, progress }))
  print(`HALTED at level ${latch.level}: ${latch.reason}`)
  const { cancelsRequested, cancelsConfirmed, unknown, unprotected } = progress
  print(`cancels: ${cancelsRequested} requested, ${cancelsConfirmed} confirmed; ${unknown} orders unknown`)
  if (unprotected.length > 0) print(`unprotected positions: ${unprotected.join(', ')}`)
}
