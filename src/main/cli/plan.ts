import type { Command } from 'commander'
import type { ConsensusPreset } from '#shared/domain/consensus-policy.ts'
import type { PlanningConfig, ProfileName } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { homeOption, jsonOption, leaveOutOption, policyOption, profileOption, slotsOption } from './options.ts'
import { describeTerminal, print, printJson } from './terminal.ts'

interface PlanOptions {
  readonly profile: ProfileName
  readonly policy: ConsensusPreset
  readonly leaveOut?: string[]
  readonly slots?: number
  readonly why?: true
  readonly choices?: true
  readonly home?: string
  readonly json?: true
}

/** `parley plan GOAL`: what the desk would do for a goal, in which order and at what cost, without doing it. */
export function planCommand(program: Command): void {
  program
    .command('plan')
    .description('show the tasks of a goal, when each would run and what it would cost')
    .argument('<goal...>', '"research BTC/USDT", "decide on BTC/USDT" or BTC/USDT alone')
    .addOption(profileOption())
    .addOption(policyOption())
    .addOption(leaveOutOption())
    .addOption(slotsOption())
    .option('--why', 'say why each step is in the plan and what is lost if it fails')
    .option('--choices', 'show the choices between time, cost and coverage')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(plan)
}

async function plan(goalWords: readonly string[], { why, choices, home, json, ...chosen }: PlanOptions): Promise<void> {
  // What plans is loaded now: other commands, and help, start without it.
  const { decidePlan } = await import('#engine/desk/planning/decide-plan.ts')
  const { readConfig } = await import('#main/config/config.ts')
  const { resolveHome } = await import('#main/config/home.ts')
  const { sha256 } = await import('#main/compose/system.ts')
  const { planningConfigSchema } = await import('#shared/domain/profile.ts')
  const { learnedIn } = await import('./learned.ts')
  const { planOverridesText: overridesText } = await import('./plan-overrides.ts')
  const { describePlan, planText, readGoal, reasonsText } = await import('./plan-text.ts')
  const goal = { instrument: readGoal(goalWords.join(' ')), ...chosen }
  const planning = readConfig('planning.yaml', planningConfigSchema, resolveHome(home))
  if (choices) return showChoices(goal, planning.value, json)
  const estimateOf = learnedIn(resolveHome(home), Date.now())
  const asConfigured = decidePlan('plan', goal, planning.value, sha256)
  const decided =
    estimateOf === undefined ? asConfigured : decidePlan('plan', goal, planning.value, sha256, { estimateOf })
  if (json) printJson({ ...describePlan(goal, decided, asConfigured), overrides: planning.overrides })
  else {
    const terminal = describeTerminal()
    const parts = [
      planText(goal, decided, terminal, asConfigured),
      why ? reasonsText(decided.plan, terminal) : '',
      overridesText(planning),
    ]
    print(parts.filter((part) => part !== '').join('\n\n'))
  }
}

async function showChoices(goal: Goal, planning: PlanningConfig, json: true | undefined): Promise<void> {
  const { decideChoices } = await import('#engine/desk/planning/decide-choices.ts')
  const { finish } = await import('#shared/lib/turns.ts')
  const { choicesText } = await import('./plan-choices.ts')
  const choices = finish(decideChoices(goal, planning))
  if (json) printJson({ instrument: goal.instrument, profile: goal.profile, ...choices })
  else print(choicesText(goal, choices, planning.tasks, describeTerminal()))
}
