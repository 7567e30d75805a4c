import type { Command } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import type { RunMonitoring } from '#shared/domain/monitoring.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { homeOption, jsonOption, wholeNumber } from './options.ts'
import { type RunningDesk, requireDesk } from './running-desk.ts'
import { describeTerminal, print, printJson } from './terminal.ts'

interface Flags {
  readonly home?: string
  readonly json?: boolean
}

/** Adds run list, show, pause, resume, research and cancel: the runs of the desk that is open. */
export function runCommands(program: Command): void {
  const run = program.command('run').description('watch and control the runs of an open desk')
  run
    .command('list')
    .description('list the runs, newest first')
    .option('--limit <n>', 'how many at most', wholeNumber(1, 500), 20)
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async ({ home, json, limit }: Flags & { limit: number }) => {
      const { runListText } = await import('./run-text.ts')
      const runs = await requireDesk(resolveHome(home)).call<RunSummary[]>('GET', `/runs?limit=${limit}`)
      if (json === true) printJson(runs)
      else print(runListText(runs, describeTerminal()))
    })
  run
    .command('show')
    .argument('[run]', 'its id (default: the one in progress, else the newest)')
    .description('show a run beside its plan: when it will end, what was changed, what went wrong and why')
    .option('--why <step>', 'say why this step is in the plan, what is lost if it fails, and its state')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (id: string | undefined, { home, json, why }: Flags & { why?: string }) => {
      const { runText, stepText } = await import('./run-text.ts')
      const desk = requireDesk(resolveHome(home))
      const runId = id ?? (await currentRun(desk))
      const [shown, monitoring] = await Promise.all([
        desk.call<Run>('GET', `/runs/${runId}`),
        desk.call<RunMonitoring>('GET', `/runs/${runId}/monitor`),
      ])
      if (json === true) printJson({ run: shown, monitoring })
      else if (why === undefined) print(runText(shown, monitoring, describeTerminal()))
      else print(stepText(shown, monitoring, why, describeTerminal()))
    })
  run
    .command('pause')
    .argument('[run]', 'its id (default: the one in progress)')
    .description('pause a run: steps in progress finish, no new step starts')
    .option('--reason <text>', 'why', 'Paused from the command line.')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action((id: string | undefined, flags: Flags & { reason: string }) => steer('pause', id, flags))
  run
    .command('resume')
    .argument('[run]', 'its id (default: the one in progress)')
    .description('resume a paused run')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action((id: string | undefined, flags: Flags) => steer('resume', id, flags))
  run
    .command('research')
    .argument('<task>', 'a research task of planning.yaml')
    .argument('[run]', 'its id (default: the one in progress)')
    .description('add a research task to a run, until its dossier is validated')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (task: string, id: string | undefined, { home, json }: Flags) => {
      const desk = requireDesk(resolveHome(home))
      const runId = id ?? (await runUnderWay(desk))
      const summary = await desk.call<RunSummary>('POST', `/runs/${runId}/research`, { task })
      if (json === true) printJson(summary)
      else print(`${task} was requested in the run ${runId}; "parley run show" shows what comes of it.`)
    })
  run
    .command('cancel')
    .argument('[run]', 'its id (default: the one in progress)')
    .description('cancel a run; orders already sent stay')
    .option('--reason <text>', 'why', 'Cancelled from the command line.')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action((id: string | undefined, flags: Flags & { reason: string }) => steer('cancel', id, flags))
}

const done = { pause: 'is paused', resume: 'continues', cancel: 'is cancelled' } as const

async function steer(
  verb: keyof typeof done,
  id: string | undefined,
  { home, json, reason }: Flags & { reason?: string },
): Promise<void> {
  const desk = requireDesk(resolveHome(home))
  const runId = id ?? (await runUnderWay(desk))
  const run = await desk.call<RunSummary>('POST', `/runs/${runId}/${verb}`, { ...(reason !== undefined && { reason }) })
  if (json === true) printJson(run)
  else print(`The run ${run.id} on ${run.goal.instrument} ${done[verb]}.`)
}

/** The one run under way; throws RUN_UNCLEAR when there are none or several. */
async function runUnderWay(desk: RunningDesk): Promise<string> {
  const runs = await desk.call<RunSummary[]>('GET', '/runs?limit=50')
  const running = runs.filter(({ status }) => status === 'running')
  const [only] = running
  if (only !== undefined && running.length === 1) return only.id
  throw new ParleyError('RUN_UNCLEAR', `${running.length} runs are in progress.`, {
    details: { runs: running.map(({ id }) => id) },
    wayOut: 'Name the run: "parley run list" shows them.',
  })
}

/** The run under way, or else the newest; throws RUN_NOT_FOUND on a desk without any. */
async function currentRun(desk: RunningDesk): Promise<string> {
  const runs = await desk.call<RunSummary[]>('GET', '/runs?limit=50')
  const run = runs.find(({ status }) => status === 'running') ?? runs[0]
  if (run !== undefined) return run.id
  throw new ParleyError('RUN_NOT_FOUND', 'This desk has no runs yet.', {
    wayOut: 'Press Decide on the Desk first.',
  })
}
