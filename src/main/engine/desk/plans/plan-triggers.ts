import { percent, signedPercent, span } from '#engine/agents/wording.ts'
import { portfolioRisk } from '#engine/desk/reports/portfolio-risk.ts'
import type { Feed } from '#engine/ports/feed.ts'
import type { TradingBook } from '#engine/trading/positions/book.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { PlanTemplate, TriggerKind } from '#shared/domain/plan-template.ts'
import { sign } from '#shared/lib/decimal.ts'
import type { Environment } from './environment.ts'

/** What the triggers of templates look at. */
export interface TriggerWorld {
  readonly book: TradingBook
  readonly feed: Feed
  readonly environment: Environment
  readonly nowMs: number
  /** Milliseconds of the desk's time in one of waiting. */
  readonly timeScale: number
  /** The newest plan made from the template, whether it has ended or not. */
  readonly latest: (template: string) => CollaborativePlan | undefined
}

/** Where something is to be done, and why. */
interface Cause {
  readonly instrument: string
  readonly why: string
}

/** A plan that is to be made by itself, and why. */
export interface Occasion extends Cause {
  readonly template: PlanTemplate
}

/**
 * The plans that the triggers of templates call for now; none while one of the template is under way or rests. What happened
 * meanwhile is not kept for later: a plan that has just ended has seen it.
 */
export function occasionsOf(templates: readonly PlanTemplate[], world: TriggerWorld): readonly Occasion[] {
  const sightings = world.environment.sightings()
  if (world.book.doubt !== null) return []
  const causeOf: Readonly<Record<TriggerKind, (template: PlanTemplate) => Cause | undefined>> = {
    portfolioRisk: (template) => riskCause(template, world),
    drawdown: (template) => drawdownCause(template, world),
    priceMove: (template) => priceCause(template, world),
    regimeChange: () => sightings.find(({ kind }) => kind === 'regimeChange'),
    stopMoved: () => sightings.find(({ kind }) => kind === 'stopMoved'),
  }
  return templates.flatMap((template): Occasion[] => {
    if (template.trigger === undefined || rests(template, world)) return []
    const cause = causeOf[template.trigger.kind](template)
    return cause === undefined ? [] : [{ template, instrument: cause.instrument, why: cause.why }]
  })
}

function riskCause({ parameters }: PlanTemplate, { book, feed, nowMs }: TriggerWorld): Cause | undefined {
  const risk = portfolioRisk(book, feed, nowMs)
  const limit = parameters['above']
  const [greatest] = risk?.parts ?? []
  if (risk === undefined || limit === undefined || greatest === undefined || risk.share <= limit) return undefined
  const { instrument } = greatest
  const why = `Ten days' expected shortfall (97.5 %) is ${percent(risk.share)} of the equity, above the limit of ${percent(limit)}; ${instrument} has the greatest part in it.`
  return { instrument, why }
}

function drawdownCause(
  { parameters }: PlanTemplate,
  { environment, book, feed, nowMs }: TriggerWorld,
): Cause | undefined {
  const fall = environment.drawdown()
  const limit = parameters['above']
  if (fall === undefined || limit === undefined || fall <= limit) return undefined
  const held = [...book.positions.values()].filter(({ quantity }) => sign(quantity) !== 0)
  const instrument = portfolioRisk(book, feed, nowMs)?.parts[0]?.instrument ?? held[0]?.instrument
  if (instrument === undefined) return undefined
  return { instrument, why: `The equity is ${percent(fall)} below its highest, more than ${percent(limit)}.` }
}

function priceCause({ parameters }: PlanTemplate, { environment, feed }: TriggerWorld): Cause | undefined {
  const { move: limit, withinSeconds } = parameters
  if (limit === undefined || withinSeconds === undefined) return undefined
  const moves = feed.instruments().map(({ id }) => ({ id, move: environment.priceMove(id, withinSeconds * 1_000) }))
  const [widest] = moves.sort((a, b) => Math.abs(b.move) - Math.abs(a.move))
  if (widest === undefined || Math.abs(widest.move) <= limit) return undefined
  const { id, move } = widest
  return { instrument: id, why: `${id} moved ${signedPercent(move, 1)} within ${span(withinSeconds * 1_000)}.` }
}

function rests({ name, trigger }: PlanTemplate, { latest, nowMs, timeScale }: TriggerWorld): boolean {
  const plan = latest(name)
  if (plan === undefined || trigger === undefined) return false
  return plan.endedAt === null || nowMs < plan.endedAt + trigger.restSeconds * 1_000 * timeScale
}
