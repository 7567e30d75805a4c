import { parseSymbol } from '#adapters/csv/symbol.ts'
import type { DecidePlan } from '#engine/desk/planning/decide-plan.ts'
import type { Goal } from '#shared/domain/run.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { hang, type Terminal, textTable } from './terminal.ts'

const goalPattern = /^(?:(?:research|decide\s+on)\s+)?(?!(?:research|decide|on)$)([a-z0-9]+(?:[-/._][a-z0-9]+)?)$/i

/**
 * The instrument that a goal is about: "research BTC/USDT", "decide on BTC/USDT" or the instrument alone, in any case.
 * Throws GOAL_UNKNOWN.
 */
export function readGoal(text: string): string {
  const symbol = goalPattern.exec(text.trim())?.[1]
  if (symbol !== undefined) return parseSymbol(symbol) ?? symbol.toUpperCase()
  throw new ParleyError('GOAL_UNKNOWN', `The desk cannot plan "${text}".`, {
    details: { goal: text },
    wayOut: 'Write "research BTC/USDT", "decide on BTC/USDT", or the instrument alone.',
  })
}

/**
 * What `parley plan --json` prints (docs/cli.md): the research, its order, its schedule and its cost, by what was learned of
 * it, beside the estimate as configured. Starts in seconds.
 */
export function describePlan(goal: Goal, { plan, schedule }: DecidePlan, asConfigured?: DecidePlan) {
  const research = plan.steps.filter(({ action }) => action === 'research')
  const isResearch = new Set(research.map(({ id }) => id))
  return {
    goal: plan.goal,
    profile: goal.profile,
    tasks: research.map((step) => ({
      id: step.id,
      title: step.title,
      priority: step.priority,
      sources: step.sources,
      seconds: step.estimate.seconds,
      usd: step.estimate.usd,
      optional: step.optional,
      after: step.needs,
      start: plan.starts[step.id] ?? 0,
      learned: step.estimate.basis ?? null,
    })),
    executionOrder: plan.levels
      .map((level) => level.filter((id) => isResearch.has(id)))
      .filter((level) => level.length > 0),
    criticalTasks: schedule.criticalSteps.filter((id) => isResearch.has(id)),
    estimate: { usd: plan.estimate.usd, seconds: plan.estimate.seconds },
    configured: asConfigured && { usd: asConfigured.plan.estimate.usd, seconds: asConfigured.plan.estimate.seconds },
    speedup: plan.estimate.speedup,
    status: schedule.status,
    hash: plan.hash,
    reasons: plan.reasons ?? {},
  }
}

type PlanDescription = ReturnType<typeof describePlan>
type PlanTask = PlanDescription['tasks'][number]

/** A plan as a trader reads it: the research as a tree, a table and a Gantt chart, what it costs, and what follows it. */
export function planText(goal: Goal, decided: DecidePlan, terminal: Terminal, asConfigured?: DecidePlan): string {
  const { plan } = decided
  const { paint, columns } = terminal
  const description = describePlan(goal, decided, asConfigured)
  const slots = Math.max(...Object.values(plan.slots))
  const title = (text: string) => paint.strong(text.toUpperCase())
  return [
    `${paint.strong(plan.goal)}  profile ${goal.profile}, ${goal.policy} vote`,
    [title('Research'), ...treeLines(description)].join('\n'),
    [title('Tasks'), taskTable(description, columns)].join('\n'),
    [`${title('Schedule')}  ${slotCount(slots)}`, ...ganttLines(description, columns)].join('\n'),
    [title('Totals'), totalsTable(description, slots, plan.costLimitUsd, columns)].join('\n'),
    [title('Afterwards'), hang(afterwards(plan.steps), 2, columns)].join('\n'),
  ].join('\n\n')
}

/** Of each step, what it is there for and what falls if it fails. */
export function reasonsText({ steps, reasons = {} }: DecidePlan['plan'], { paint, columns }: Terminal): string {
  const lines = steps.flatMap(({ id }) => {
    const { why, falls } = reasons[id] ?? {}
    return why === undefined ? [] : [`  ${paint.strong(id)}`, hang(`${why} ${falls}`, 4, columns)]
  })
  return [paint.strong('WHY'), ...lines].join('\n')
}

const slotCount = (slots: number) => `${slots} ${slots === 1 ? 'slot' : 'slots'}`

function treeLines({ tasks, executionOrder }: PlanDescription): string[] {
  const titles = new Map(tasks.map(({ id, title }) => [id, title]))
  const needs = new Map(tasks.map(({ id, after }) => [id, after.map((need) => titles.get(need) ?? need)]))
  return executionOrder.flatMap((level, index) => {
    const isLastLevel = index === executionOrder.length - 1
    const branches = level.map((id, at) => {
      const after = needs.get(id) ?? []
      const condition = after.length === 0 ? '' : `, after ${after.join(' and ')}`
      return `  ${isLastLevel ? ' ' : '│'}  ${at === level.length - 1 ? '└' : '├'}─ ${titles.get(id) ?? id}${condition}`
    })
    return [`  ${isLastLevel ? '└' : '├'}─ Level ${index + 1}`, ...branches]
  })
}

function taskTable({ tasks, criticalTasks }: PlanDescription, columns: number): string {
  const isLearned = tasks.some(({ learned }) => learned !== null)
  const rows = tasks.map(({ id, title, priority, seconds, usd, start, sources, learned }) => [
    title,
    priority,
    `${seconds} s`,
    `$${usd.toFixed(2)}`,
    `at ${start} s`,
    criticalTasks.includes(id) ? 'critical' : '',
    ...(isLearned ? [learned === null ? 'as configured' : learnedWords(learned)] : []),
    sources.join(', '),
  ])
  const titles = ['task', 'priority', 'takes', 'costs', 'starts', 'path', ...(isLearned ? ['estimate'] : []), 'sources']
  return textTable([titles, ...rows], {
    columns,
    align: ['left', 'left', 'right', 'right', 'right'],
  })
}

/** What an estimate was learned from: nine times in ten the next attempt takes a time within the bounds. */
function learnedWords({ attempts, seconds, success }: NonNullable<PlanTask['learned']>): string {
  const runs = attempts === 1 ? '1 run' : `${attempts} runs`
  return `learned from ${runs}: ${seconds.low} to ${seconds.high} s, ${Math.round(success * 100)} % succeed`
}

const widestGantt = 60

function ganttLines({ tasks, estimate, criticalTasks }: PlanDescription, columns: number): string[] {
  const { parallel } = estimate.seconds
  const label = Math.max(...tasks.map(({ title }) => title.length))
  const width = Math.max(10, Math.min(widestGantt, columns - label - 4))
  const end = `${parallel} s`
  return [
    ...tasks
      .toSorted((a, b) => a.start - b.start)
      .map(
        (task) =>
          `  ${task.title.padEnd(label)}  ${ganttBar(task, { parallel, width, fill: criticalTasks.includes(task.id) ? '█' : '▒' })}`,
      ),
    `  ${''.padEnd(label)}  0${end.padStart(width - 1)}`,
    `  ${''.padEnd(label)}  █ critical: later means a longer plan; ▒ may start later`,
  ]
}

/**
 * When a task runs as a bar under a time axis of `width` characters that stands for `parallel` seconds. At least one
 * character long, and never past the end of the axis.
 */
export function ganttBar(
  { start, seconds }: Pick<PlanTask, 'start' | 'seconds'>,
  { parallel, width, fill }: { readonly parallel: number; readonly width: number; readonly fill: string },
): string {
  const column = (second: number) => Math.min(width, Math.round((second / parallel) * width))
  const from = Math.min(width - 1, column(start))
  return ' '.repeat(from) + fill.repeat(Math.max(1, column(start + seconds) - from))
}

function totalsTable(plan: PlanDescription, slots: number, costLimitUsd: number, columns: number): string {
  const { tasks, criticalTasks, estimate, speedup, status } = plan
  const { sequential, parallel, lowerBound } = estimate.seconds
  const proof =
    status === 'optimal'
      ? `no schedule with ${slotCount(slots)} is shorter: the lower bound is ${lowerBound} s`
      : `not proved the shortest: no schedule with ${slotCount(slots)} is shorter than ${lowerBound} s`
  const urgent = tasks.filter(({ priority }) => priority === 'critical').length
  const rows = [
    ['tasks', `${tasks.length}; ${urgent} of critical priority, ${criticalTasks.length} on the critical path`],
    ['cost', `$${estimate.usd.toFixed(2)} of at most $${costLimitUsd.toFixed(2)}`],
    ['one after another', `${sequential} s`],
    ['in parallel', `${parallel} s; ${proof}`],
    ['speedup', `${speedup.toFixed(2)} times`],
    ...configuredRow(plan),
  ]
  return textTable(rows, { columns })
}

/** The same as configured, where something was learned since. */
function configuredRow({ tasks, configured }: PlanDescription): string[][] {
  if (configured === undefined || tasks.every(({ learned }) => learned === null)) return []
  const { usd, seconds } = configured
  const words = `$${usd.toFixed(2)}, ${seconds.sequential} s one after another, ${seconds.parallel} s in parallel`
  return [['as configured', words]]
}

/** The steps that are not research, in order; several of a kind are one, with their number. */
function afterwards(steps: DecidePlan['plan']['steps']): string {
  const counts = new Map<string, number>()
  for (const { title, action } of steps) {
    if (action !== 'research') counts.set(title, (counts.get(title) ?? 0) + 1)
  }
  return [...counts].map(([title, count]) => (count === 1 ? title : `${title} (×${count})`)).join(' → ')
}
