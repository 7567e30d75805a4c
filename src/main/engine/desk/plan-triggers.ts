import { percent } from '#engine/agents/wording.ts'
import type { Feed } from '#engine/ports.ts'
import type { TradingBook } from '#engine/trading/book.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import { portfolioRisk } from './portfolio-risk.ts'

/** What the triggers of templates look at. */
export interface TriggerWorld {
  readonly book: TradingBook
  readonly feed: Feed
  readonly nowMs: number
  /** Milliseconds of the desk's time in one of waiting. */
  readonly timeScale: number
  /** The newest plan made from the template, whether it has ended or not. */
  readonly latest: (template: string) => CollaborativePlan | undefined
}

/** A plan that is to be made by itself, and why. */
export interface Occasion {
  readonly template: PlanTemplate
  readonly instrument: string
  readonly why: string
}

/** The plans that the triggers of templates call for now; none while one of the template is under way or rests. */
export function occasionsOf(templates: readonly PlanTemplate[], world: TriggerWorld): readonly Occasion[] {
  const { book, feed, nowMs } = world
  const watching = templates.filter((template) => template.trigger !== undefined && !rests(template, world))
  if (watching.length === 0 || book.doubt !== null) return []
  const risk = portfolioRisk(book, feed, nowMs)
  return watching.flatMap((template): Occasion[] => {
    const limit = template.parameters['above']
    const [greatest] = risk?.parts ?? []
    if (risk === undefined || limit === undefined || greatest === undefined || risk.share <= limit) return []
    const why = `Ten days' expected shortfall (97.5 %) is ${percent(risk.share)} of the equity, above the limit of ${percent(limit)}; ${greatest.instrument} has the greatest part in it.`
    return [{ template, instrument: greatest.instrument, why }]
  })
}

function rests({ name, trigger }: PlanTemplate, { latest, nowMs, timeScale }: TriggerWorld): boolean {
  const plan = latest(name)
  if (plan === undefined || trigger === undefined) return false
  return plan.endedAt === null || nowMs < plan.endedAt + trigger.restSeconds * 1_000 * timeScale
}
