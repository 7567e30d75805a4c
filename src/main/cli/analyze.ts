import type { Command } from 'commander'
import type { ConsensusPreset } from '#shared/domain/consensus-policy.ts'
import type { ExecutionWish } from '#shared/domain/parent-order.ts'
import type { ProfileName } from '#shared/domain/profile.ts'
import { defaultSettings } from '#shared/domain/settings.ts'
import { ParleyError } from '#shared/lib/error.ts'
import {
  algorithmOption,
  jsonOption,
  leaveOutOption,
  policyOption,
  profileOption,
  slotsOption,
  wholeNumber,
} from './options.ts'
import { describeTerminal, print, printJson } from './terminal.ts'

interface AnalyzeOptions {
  readonly profile: ProfileName
  readonly policy: ConsensusPreset
  readonly leaveOut?: string[]
  readonly algorithm?: ExecutionWish
  readonly slots?: number
  readonly seed: number
  readonly home?: string
  readonly data?: string
  readonly json?: true
}

const usualSeed = defaultSettings.feed.kind === 'simulated' ? defaultSettings.feed.seed : 7

/** `parley analyze SYMBOL`: one whole decision, in memory and on virtual time. */
export function analyzeCommand(program: Command): void {
  program
    .command('analyze')
    .description('decide once on an instrument and show everything: research, debate, vote, orders')
    .argument('<symbol>', 'the instrument, for instance BTC/USDT')
    .option('--data <file>', 'prices as CSV (default: the simulated exchange)')
    .addOption(profileOption())
    .addOption(policyOption())
    .addOption(leaveOutOption())
    .addOption(slotsOption())
    .addOption(algorithmOption())
    .option('--home <folder>', 'use the planning of this data folder (default: the one shipped with Parley)')
    .option('--seed <number>', 'the same seed gives the same decision', wholeNumber(), usualSeed)
    .addOption(jsonOption())
    .action(analyze)
}

async function analyze(symbol: string, options: AnalyzeOptions): Promise<void> {
  if (!/[a-z0-9]/i.test(symbol)) {
    throw new ParleyError('INSTRUMENT_INVALID', `"${symbol}" is not an instrument.`, {
      wayOut: 'Write it as BTC/USDT.',
    })
  }
  // What decides is loaded now: other commands, and help, start without it.
  const { fileMarket, simulatedMarket } = await import('./analysis-market.ts')
  const { decideOnce } = await import('./decide-once.ts')
  const { describeAnalysis } = await import('./analysis.ts')
  const { createStepProgress } = await import('./step-progress.ts')
  const { seed, data, home, json, ...goal } = options
  const market = data === undefined ? simulatedMarket(symbol, seed) : fileMarket(symbol, data)
  const terminal = describeTerminal()
  const progress = createStepProgress(json ? { ...terminal, rows: 0 } : terminal, (text) => process.stdout.write(text))
  const decided = await decideOnce({
    market,
    goal,
    home,
    seed,
    onPlan: (plan) => progress.begin(plan),
    onRecord: (record) => progress.show(record),
  }).finally(() => progress.clear())
  const analysis = describeAnalysis(market, seed, decided)
  const { status, reason } = analysis.run
  const failed = status === 'completed' ? undefined : runFailed(status, reason, analysis.steps)
  if (json && failed === undefined) printJson(analysis)
  if (!json) {
    const { analysisText } = await import('./analysis-text.ts')
    print(analysisText(analysis, terminal))
  }
  if (failed !== undefined) throw failed
}

function runFailed(
  status: string,
  reason: string | null,
  steps: readonly { id: string; state: string }[],
): ParleyError {
  const failed = steps.filter(({ state }) => state === 'failed').map(({ id }) => id)
  return new ParleyError('RUN_FAILED', `The run ended ${status}: ${reason ?? 'no reason given'}.`, {
    details: { status, failed },
    wayOut: 'Run it without --json to see which steps failed and why.',
  })
}
