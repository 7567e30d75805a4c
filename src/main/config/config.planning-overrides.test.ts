import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import { describeAnalysis } from '#main/cli/analysis.ts'
import { simulatedMarket } from '#main/cli/analysis-market.ts'
import { decideOnce } from '#main/cli/decide-once.ts'
import { sha256 } from '#main/compose/system.ts'
import type { Plan } from '#shared/domain/plan.ts'
import { type PlanningConfig, planningConfigSchema } from '#shared/domain/profile.ts'
import { goal } from '#test/builders/desk-kernel.ts'
import { temporaryHome } from '#test/builders/home.ts'
import { readConfig } from './config.ts'

function homeWith(text: string): string {
  const home = temporaryHome()
  writeFileSync(join(home, 'planning.yaml'), text)
  return home
}
const planningOf = (text: string) => readConfig('planning.yaml', planningConfigSchema, homeWith(text)).value
const stepOf = ({ steps }: Plan, id: string) => steps.find((step) => step.id === id)
const balanced = (line: string) => `profiles:\n  balanced:\n    ${line}\n`
const macro = (line: string) => `tasks:\n  macro_factors:\n    ${line}\n`
const whales = (...lines: string[]) =>
  [
    'tasks:',
    '  whales:',
    '    title: Whales',
    '    priority: medium',
    '    sources: [whale_watch]',
    '    timeoutSeconds: 20',
    '    estimate: { seconds: 5, usd: 0.01 }',
    '    retries: 0',
    '    freshForSeconds: 60',
    ...lines.map((line) => `    ${line}`),
    'profiles: { balanced: { tasks: [technical_analysis, whales] } }',
    '',
  ].join('\n')

type What = { readonly plan: Plan; readonly planning: PlanningConfig }
const settable: readonly (readonly [string, string, (what: What) => unknown, unknown])[] = [
  ['parallelism', balanced('parallel: 2'), ({ plan }) => plan.slots, { research: 2 }],
  ['optional tasks', balanced('optionalTasks: false'), ({ plan }) => stepOf(plan, 'keyword_extraction'), undefined],
  [
    'which tasks are optional',
    `${macro('optional: true')}${balanced('optionalTasks: false')}`,
    ({ plan }) => stepOf(plan, 'macro_factors'),
    undefined,
  ],
  [
    'the time limit of a task',
    macro('timeoutSeconds: 7'),
    ({ plan }) => stepOf(plan, 'macro_factors')?.timeoutMs,
    7_000,
  ],
  ['the retries of a task', macro('retries: 5'), ({ plan }) => stepOf(plan, 'macro_factors')?.retries, 5],
  ['the priority of a task', macro('priority: low'), ({ plan }) => stepOf(plan, 'macro_factors')?.priority, 'low'],
  ['the sources of a task', macro('sources: [news]'), ({ plan }) => stepOf(plan, 'macro_factors')?.sources, ['news']],
  ['the cost of a task', macro('estimate: { usd: 0.07 }'), ({ plan }) => plan.estimate.usd, 0.23],
  ['the cost limit of a decision', balanced('costLimitUsd: 0.25'), ({ plan }) => plan.costLimitUsd, 0.25],
  ['the cost limit of a day', 'dailyCostLimitUsd: 3\n', ({ planning }) => planning.dailyCostLimitUsd, 3],
  [
    'the alert thresholds',
    'alerts: { failedShare: 0.1, seconds: 60, usd: 0.2, timeoutShare: 0.02 }\n',
    ({ planning }) => planning.alerts,
    { failedShare: 0.1, seconds: 60, usd: 0.2, timeoutShare: 0.02 },
  ],
  [
    'replanning',
    'replanning: { maxReplans: 0 }\n',
    ({ planning }) => planning.replanning,
    { maxReplans: 0, divergence: 0.25, checkEverySeconds: 10, votesAgain: 2 },
  ],
  [
    'how many sources are wanted',
    balanced('minimumSources: 2'),
    ({ planning }) => planning.profiles.balanced.minimumSources,
    2,
  ],
  [
    'a custom task with an address',
    whales('http: { url: "https://example.com/{base}" }'),
    ({ plan }) => stepOf(plan, 'whales'),
    expect.objectContaining({
      priority: 'medium',
      sources: ['whale_watch'],
      timeoutMs: 20_000,
      estimate: { seconds: 5, usd: 0.01 },
    }),
  ],
  [
    'a custom task with a script',
    whales('script: { command: ./whales }'),
    ({ plan, planning }) => [stepOf(plan, 'whales')?.title, planning.tasks['whales']?.script?.command],
    ['Whales', './whales'],
  ],
  [
    'planning itself, which is switched off',
    'enabled: false\n',
    ({ plan }) => plan.estimate.seconds,
    { sequential: 125, parallel: 125, lowerBound: 125 },
  ],
]

const mistaken: readonly (readonly [string, string, number, RegExp])[] = [
  ['parallelism', balanced('parallel: 0'), 3, /^profiles\.balanced\.parallel: must be a whole number from 1 to 64$/],
  ['optional tasks', balanced('optionalTasks: some'), 3, /^profiles\.balanced\.optionalTasks: /],
  ['which tasks are optional', macro('optional: 1'), 3, /^tasks\.macro_factors\.optional: /],
  [
    'a time limit',
    macro('timeoutSeconds: 0'),
    3,
    /^tasks\.macro_factors\.timeoutSeconds: must be from 0\.001 to 3600 s$/,
  ],
  ['retries', macro('retries: 1.5'), 3, /^tasks\.macro_factors\.retries: must be a whole number from 0 to 10$/],
  ['a priority', macro('priority: urgent'), 3, /^tasks\.macro_factors\.priority: .*critical/],
  ['sources', macro('sources: []'), 3, /^tasks\.macro_factors\.sources: /],
  ['a cost', macro('estimate: { usd: -1 }'), 3, /^tasks\.macro_factors\.estimate\.usd: must be from 0 to 1000 USD$/],
  ['the cost limit of a decision', balanced('costLimitUsd: free'), 3, /^profiles\.balanced\.costLimitUsd: must be/],
  ['the cost limit of a day', '\ndailyCostLimitUsd: -1\n', 2, /^dailyCostLimitUsd: must be from 0 to 100000 USD$/],
  [
    'an alert threshold',
    'alerts:\n  failedShare: 30\n',
    2,
    /^alerts\.failedShare: must be from 0 to 1 \(0\.3 is 30 %\)$/,
  ],
  ['an alert threshold', 'alerts:\n  usd: 0.3\n  timeoutShare: 5\n', 3, /^alerts\.timeoutShare: must be/],
  ['replanning', 'replanning:\n  maxReplans: 99\n', 2, /^replanning\.maxReplans: must be a whole number from 0 to 20$/],
  ['the wanted sources', balanced('minimumSources: -1'), 3, /^profiles\.balanced\.minimumSources: must be/],
  ['an address', whales('http: { url: "ftp://example.com" }'), 10, /^tasks\.whales\.http\.url: must be an http/],
  ['a script', whales('script: { command: "" }'), 10, /^tasks\.whales\.script\.command: /],
  ['two origins', whales('http: { url: "https://example.com" }', 'script: { command: a }'), 11, /one origin/],
  ['planning itself', 'enabled: perhaps\n', 1, /^enabled: /],
]

describe('what planning.yaml of the data folder overrides', () => {
  it.each(settable)('%s', (_what, text, read, value) => {
    const planning = planningOf(text)
    expect(read({ planning, plan: decidePlan('plan_1', goal, planning, sha256).plan })).toEqual(value)
  })

  it.each(mistaken)('a mistake in %s is told with its file, line and reason', (_what, text, line, reason) => {
    const home = homeWith(text)
    const read = () => readConfig('planning.yaml', planningConfigSchema, home)
    const details = { file: join(home, 'planning.yaml'), line, reason: expect.stringMatching(reason) }
    expect(read).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', details }))
  })
})

describe('planning switched off', () => {
  it('decides one task after another, and gives a result of the same shape', async () => {
    const analyse = async (home: string | undefined) => {
      const market = simulatedMarket('BTC/USDT', 7)
      return describeAnalysis(market, 7, await decideOnce({ market, home, seed: 7, goal }))
    }
    const planned = await analyse(undefined)
    const inTurn = await analyse(homeWith('enabled: false\n'))
    expect(inTurn.run.status).toBe('completed')
    expect(shapeOf(inTurn)).toEqual(shapeOf(planned))
    expect(inTurn.plan.tasks.map(({ id }) => id).toSorted()).toEqual(planned.plan.tasks.map(({ id }) => id).toSorted())
    const research = inTurn.steps.filter(({ id }) => inTurn.plan.tasks.some((task) => task.id === id))
    const times = research.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0))
    for (const [index, { startedAt }] of times.entries()) {
      expect(startedAt).toBeGreaterThanOrEqual(times[index - 1]?.endedAt ?? 0)
    }
  })
})

/** The keys of tables, all the way down; of a list, those that any of its items has. Figures differ with what is found. */
function shapeOf(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].toSorted()
  if (value === null || typeof value !== 'object') return 'value'
  if (key === 'figures') return 'figures'
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, shapeOf(item, name)]),
  )
}
