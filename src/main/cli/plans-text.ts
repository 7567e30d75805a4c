import type { PlanContext, PlanView, ScheduleView } from '#shared/contract/plans.ts'
import type { Participant } from '#shared/domain/collaboration.ts'
import type { PlanState } from '#shared/domain/collaborative-plan.ts'
import { conflictSentence, type PlanConflict } from '#shared/domain/conflict.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import { dueWords, missedWords } from '#shared/domain/schedule-words.ts'
import { durationText, hang, type Terminal } from './terminal.ts'

const stateWords: Partial<Record<PlanState, string>> = { inReview: 'in review' }
const wordsOf = (state: PlanState) => stateWords[state] ?? state

/** A plan as a row of a table. */
export function planRow(plan: PlanView): readonly string[] {
  const { id, state, priority, instrument, title, reason } = plan
  return [id, wordsOf(state), priority, instrument, title, [leftText(plan), reason ?? ''].join(' ').trim()]
}

function leftText({ leftMs }: PlanView): string {
  return leftMs === null ? '' : `${durationText(leftMs / 1_000)} left.`
}

function voteText({ policy, combination = 'fixed' }: Pick<PlanTemplate, 'policy' | 'combination'>): string {
  return combination === 'fixed' ? policy : `${policy} by ${combination}`
}

const participantText = ({ voter, weight }: Participant) => (weight === 1 ? voter : `${voter} (weight ${weight})`)

/** A plan in full. */
export function planLines(plan: PlanView, { paint, columns }: Terminal): string {
  const { id, title, instrument, state, priority, template, objectives, participants, threshold } = plan
  const row = (name: string, text: string) => hang(`${name.padEnd(13)}${text}`, 2, columns)
  const { propose, vote, execute } = plan.seconds
  return [
    `${paint.strong(title)} ${instrument} ${paint.faint(id)}`,
    row('state', [wordsOf(state), leftText(plan), plan.reason ?? ''].filter(Boolean).join('. ')),
    row('priority', priority),
    row(
      'created',
      template === null ? `by hand, by ${plan.initiator.id}` : `from ${template}, by ${plan.initiator.id}`,
    ),
    row('objectives', objectives.join(' ')),
    row('participants', participants.map(participantText).join(', ')),
    row(
      'vote',
      [voteText(plan), threshold === null ? '' : `${Math.round(threshold * 100)} % needed`].filter(Boolean).join(', '),
    ),
    row('deadlines', `propose within ${propose} s, vote within ${vote} s, carry out within ${execute} s`),
    ...(plan.votesAgain === undefined ? [] : [row('vote again', `at most ${plan.votesAgain} times`)]),
    ...(plan.weights === undefined ? [] : [row('weights', plan.weights)]),
    row('method', plan.tasks.join(', ')),
    ...(plan.runId === null ? [] : [row('run', plan.runId)]),
    ...plan.moves.map((move) =>
      hang(
        `${new Date(move.at).toISOString()} ${wordsOf(move.state)}${move.reason === null ? '' : `: ${move.reason}`}`,
        2,
        columns,
      ),
    ),
  ].join('\n')
}

/** A conflict in a line. */
export function conflictLine({ settled, by, ...conflict }: PlanConflict): string {
  const words =
    settled === null ? `${conflict.description} It is being resolved.` : conflictSentence({ ...conflict, settled })
  return by === 'desk' ? words : `Raised by the ${by}: ${words}`
}

/** What those who take part in a plan share. */
export function contextLines(context: PlanContext, { columns }: Terminal): string {
  const { instrument, price, position, cash, equity, portfolioRisk, insight, evidence } = context
  const row = (name: string, text: string) => hang(`${name.padEnd(13)}${text}`, 0, columns)
  const risk = portfolioRisk === null ? 'unavailable' : `${(portfolioRisk * 100).toFixed(1)} % of equity`
  return [
    row(instrument, price ?? 'no price'),
    row('position', position),
    row('account', `cash ${cash}, equity ${equity ?? 'unavailable'}`),
    row('risk', risk),
    row('view', insight === null ? 'none' : `${insight.direction}, confidence ${insight.confidence.toFixed(2)}`),
    ...evidence.map((one) =>
      row(one.task.replaceAll('_', ' '), one.status === 'unavailable' ? one.reason : one.summary),
    ),
  ].join('\n')
}

/** A schedule as a row of a table; `now` is the desk's. */
export function scheduleRow(
  { id, template, instrument, cron, timezone, offReason, ...rest }: ScheduleView,
  now: number,
): readonly string[] {
  return [
    id,
    template,
    instrument,
    `${cron} ${timezone}`,
    offReason === null ? dueText({ timezone, ...rest }, now) : `off: ${offReason}`,
  ]
}

function dueText(
  { nextAt, missed, timezone }: Pick<ScheduleView, 'nextAt' | 'missed' | 'timezone'>,
  now: number,
): string {
  const next = nextAt === null ? 'not due again' : dueWords(nextAt, now, timezone)
  return missed === null ? next : `${next}. ${missedWords(missed)}`
}

/** A template with what it does and its defaults. */
export function templateLines(template: PlanTemplate, { paint, columns }: Terminal): string {
  const { name, title, description, tasks, priority, participants, parameters } = template
  return [
    `${paint.strong(name)} ${paint.faint(title)}`,
    hang(description, 2, columns),
    hang(`${priority} priority, ${voteText(template)}: ${participants.map(participantText).join(', ')}`, 2, columns),
    hang(tasks.join(', '), 2, columns),
    ...Object.entries(parameters).map(([key, value]) => hang(`--param ${key}=${value}`, 2, columns)),
  ].join('\n')
}
