import type { RunMonitoring } from '#shared/domain/monitoring.ts'
import type { Plan, StepProgress } from '#shared/domain/plan.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { hang, type Terminal, textTable } from './terminal.ts'

/** Runs as a table, newest first as they are given. */
export function runListText(runs: readonly RunSummary[], { columns }: Terminal): string {
  if (runs.length === 0) return 'No runs yet.'
  const rows = runs.map(({ id, goal, status, startedAt, stepsDone, stepsTotal, usd, outcome }) => [
    id,
    goal.instrument,
    outcome ?? status,
    new Date(startedAt).toISOString(),
    `${stepsDone} of ${stepsTotal}`,
    `$${usd.toFixed(2)}`,
  ])
  return textTable([['run', 'instrument', 'outcome', 'started', 'steps', 'cost'], ...rows], { columns })
}

/**
 * A run beside its plan: each step as planned and as it went, when the run will end, what was changed and why, what was
 * called out, and of each goal that was missed, why.
 */
export function runText(run: Run, monitoring: RunMonitoring, { columns, paint }: Terminal): string {
  const title = (text: string) => paint.strong(text.toUpperCase())
  const progress = new Map(run.steps.map((step) => [step.id, step]))
  const rows = run.plan.steps.map((step) => {
    const { state, usd, ...went } = progress.get(step.id) ?? untouched
    return [
      step.title,
      step.owner,
      state,
      span(plannedOf(run.plan, step)),
      span(actualOf(run, went)),
      usd > 0 || step.estimate.usd > 0 ? `$${usd.toFixed(3)} of $${step.estimate.usd.toFixed(3)}` : '',
    ]
  })
  const notes = noteLines(run, monitoring)
  return [
    `${paint.strong(run.plan.goal)}  ${run.id}, ${run.status}${run.reason === null ? '' : `: ${run.reason}`}`,
    [title('Steps'), textTable([['step', 'by', 'state', 'planned', 'actual', 'cost'], ...rows], { columns })].join(
      '\n',
    ),
    [title('End'), hang(endSentence(run, monitoring), 2, columns)].join('\n'),
    ...(notes.length === 0
      ? []
      : [[title('What happened'), ...notes.map((line) => hang(line, 2, columns))].join('\n')]),
    [
      title('Goals'),
      ...monitoring.goals.map(({ goal, state, why }) => hang(why ?? `${goal}: ${state}`, 2, columns)),
    ].join('\n'),
  ].join('\n\n')
}

/** Why one step is there, what falls if it fails, and how it stands. Throws STEP_NOT_FOUND. */
export function stepText(run: Run, monitoring: RunMonitoring, stepId: string, { columns, paint }: Terminal): string {
  const step = run.plan.steps.find(({ id }) => id === stepId)
  if (step === undefined) {
    throw new ParleyError('STEP_NOT_FOUND', `The plan of ${run.id} has no step "${stepId}".`, {
      wayOut: `Choose one of ${run.plan.steps.map(({ id }) => id).join(', ')}.`,
    })
  }
  const reasons = run.plan.reasons?.[stepId]
  const { state, reason } = run.steps.find(({ id }) => id === stepId) ?? untouched
  const missed = monitoring.goals.flatMap(({ causes, why }) => (why !== null && causes.includes(stepId) ? [why] : []))
  const part = (name: string, text: string) => `${paint.strong(name.toUpperCase())}\n${hang(text, 2, columns)}`
  return [
    part('Why this step', reasons?.why ?? 'The plan does not say.'),
    part('If it fails', reasons?.falls ?? 'The plan does not say.'),
    part('State', `${state}${reason === null ? '' : `: ${reason}`}`),
    ...(missed.length === 0 ? [] : [part('Goals missed', missed.join(' '))]),
  ].join('\n\n')
}

const untouched = { state: 'pending', startedAt: null, endedAt: null, usd: 0, reason: null } as const

type Span = readonly [from: number, to: number | null]

function plannedOf({ starts }: Plan, { id, estimate }: Plan['steps'][number]): Span | undefined {
  const start = starts[id]
  return start === undefined ? undefined : [start, start + estimate.seconds]
}

function actualOf(run: Run, { startedAt, endedAt }: Pick<StepProgress, 'startedAt' | 'endedAt'>): Span | undefined {
  const seconds = (at: number) => (at - run.startedAt) / 1_000
  return startedAt === null ? undefined : [seconds(startedAt), endedAt === null ? null : seconds(endedAt)]
}

function span(span: Span | undefined): string {
  if (span === undefined) return ''
  const [from, to] = span
  return `${rounded(from)} to ${to === null ? '…' : rounded(to)} s`
}

function rounded(seconds: number): string {
  return String(Math.round(seconds * 10) / 10)
}

function endSentence(run: Run, { forecast, paused }: RunMonitoring): string {
  const planned = run.plan.estimate.seconds.parallel
  const after = (at: number) => rounded((at - run.startedAt) / 1_000)
  const beside = `Planned: ${rounded(planned)} s after its start.`
  if (run.endedAt !== null) return `Ended after ${after(run.endedAt)} s, at $${run.usd.toFixed(2)}. ${beside}`
  if (paused !== null) return `Paused: ${paused.reason} ${beside}`
  if (forecast === null || forecast.endsAt === null) return `Waiting for the trader. ${beside}`
  const titles = new Map(run.plan.steps.map(({ id, title }) => [id, title]))
  const hangsOn = forecast.hangsOn.map((id) => titles.get(id) ?? id)
  const chain = hangsOn.length === 0 ? '' : ` That depends on ${hangsOn.join(', ')}.`
  return `Expected ${after(forecast.endsAt)} s after its start, at $${forecast.usd.toFixed(2)}.${chain} ${beside}`
}

/** Alerts, replans and divergences in the order in which they came, each with its second. */
function noteLines(run: Run, { alerts, replans, divergences, pace }: RunMonitoring): string[] {
  const timed = [
    ...alerts.map(({ at, sentence }) => ({ at, text: `alert: ${sentence}` })),
    ...replans.map(({ at, strategy, sentence }) => ({ at, text: `${strategy}: ${sentence}` })),
    ...divergences.map(({ at, triggers, answer }) => ({
      at,
      text: `kept: ${triggers.map(({ sentence }) => sentence).join(' ')} ${answer}`,
    })),
  ].toSorted((a, b) => a.at - b.at)
  return [
    ...timed.map(({ at, text }) => `${rounded((at - run.startedAt) / 1_000)} s, ${text}`),
    ...pace.map(
      ({ pool, limit, most }) => `now: ${limit} of ${most} ${pool} slots, since a source asked the desk to slow down`,
    ),
  ]
}
