import { decidePlan } from '#engine/desk/planning/decide-plan.ts'
import type { DeskParts, PlanCause } from '#engine/desk/run/desk-parts.ts'
import { instrumentMissing } from '#engine/desk/runs/run-life.ts'
import { type Runs } from '#engine/desk/runs/runs.ts'
import { castTraderBallot } from '#engine/desk/voting/trader-vote.ts'
import type { PlanArchive } from '#engine/ports/plan-archive.ts'
import type { PlanSeconds } from '#shared/domain/collaboration.ts'
import { type CollaborativePlan, isEndedPlan, planPriorities } from '#shared/domain/collaborative-plan.ts'
import type { PlanConflict, RaisedConflict } from '#shared/domain/conflict.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import type { Goal } from '#shared/domain/run.ts'
import { defaultSettings, type Settings } from '#shared/domain/settings.ts'
import type { KeptBallot, TraderBallot } from '#shared/domain/trader-ballot.ts'
import type { TraderProposal } from '#shared/domain/trader-proposal.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { createEnvironment } from './environment.ts'
import { planAfter } from './plan-fold.ts'
import { deadlinesFrom, draftPlan, goalOf } from './plan-making.ts'
import { occasionsOf } from './plan-triggers.ts'

export interface PlansOptions {
  readonly parts: DeskParts
  readonly runs: Runs
  readonly templates: readonly PlanTemplate[]
  readonly archive: PlanArchive
  /** Milliseconds of the desk's time that go by in one of waiting. */
  readonly timeScale: number
}

/** The collaborative plans of the desk. */
export interface Plans {
  readonly templates: readonly PlanTemplate[]
  /**
   * Makes a plan; unless it is to stay a draft it begins as soon as nothing else is decided on its instrument. Throws
   * TEMPLATE_NOT_FOUND, INSTRUMENT_NOT_FOUND, PARAMETER_UNKNOWN, PLAN_NOT_FOUND (its method makes no plan) and TRADING_HALTED.
   */
  create(wish: PlanWish, chosen: Pick<Settings, 'policy' | 'profile'>, by: Actor): Promise<CollaborativePlan>
  /** Makes a plan that nobody asked for at this moment; throws as `create` does. */
  createBySystem(wish: PlanWish, because: PlanCause): Promise<CollaborativePlan>
  /** Throws what making a plan by the wish would. */
  check(wish: PlanWish): void
  /** Has a draft begin as soon as it can. Throws PLAN_UNKNOWN, PLAN_BEGUN, TRADING_HALTED. */
  start(planId: string, by: Actor): Promise<CollaborativePlan>
  /** Throws PLAN_UNKNOWN, PLAN_ENDED. */
  cancel(planId: string, reason: string, by: Actor): Promise<CollaborativePlan>
  /** Casts the trader's ballot (see castTraderBallot). Throws PLAN_UNKNOWN, NOTHING_TO_VOTE_ON. */
  vote(planId: string, ballot: TraderBallot, by: Actor): Promise<KeptBallot>
  /**
   * Raises a conflict between those who take part and resolves it (see resolveRaised). Throws PLAN_UNKNOWN, NOTHING_TO_RESOLVE
   * and RUN_DECIDED.
   */
  resolveConflict(
    planId: string,
    between: RaisedConflict['between'],
    kind: RaisedConflict['kind'],
    description: string,
    by: Actor,
  ): Promise<PlanConflict>
  /** Has the trader's proposal compete (see compete). Throws PLAN_UNKNOWN, NOTHING_TO_RESOLVE, RUN_DECIDED, PROPOSAL_INVALID. */
  propose(planId: string, wish: TraderProposal, by: Actor): Promise<Proposal>
  /** Throws PLAN_UNKNOWN. */
  get(planId: string): CollaborativePlan
  /** Those that have not ended. */
  open(): readonly CollaborativePlan[]
  /** Milliseconds of waiting until the deadline that comes next; null where none runs. */
  leftMs(plan: CollaborativePlan): number | null
  /** Lets expire what is late; `when` says since when nobody has looked. */
  expireLate(when?: string): void
  /** True when the plan that the goal is of has ended; false for a goal of none. */
  hasEnded(goal: Goal): boolean
  /** Begins what waits, most urgent first, and lets expire what is late. To be called often. */
  tick(): void
}

const system: Actor = { kind: 'system', id: 'plans' }
/** After the deadline of the vote the count has so long before the plan expires. */
const countingMs = 30_000
/** How often the triggers of templates are looked at. */
const lookOutMs = 2_000
/** What a plan that starts by itself is decided by where its template does not say. */
const chosenBySystem = { policy: defaultSettings.policy, profile: defaultSettings.profile }

/** Creates what keeps the collaborative plans; each is carried out by one run. */
export function createPlans({ parts, runs, templates, archive, timeScale }: PlansOptions): Plans {
  const { journal, feed, latch, clock, ids, book } = parts
  const open = new Map<string, CollaborativePlan>(archive.listOpenPlans().map((plan) => [plan.id, plan]))
  /** When the phase that each open plan is in is over. */
  const times = new Map<string, { readonly phase: string; readonly overAt: number }>()
  const beginning = new Set<string>()
  let lookedAt = Number.NEGATIVE_INFINITY
  const watches = templates.some(({ trigger }) => trigger !== undefined)
  const environment = createEnvironment(parts, { regimes: archive.lastRegimes(), timeScale })
  const known = {
    byId: (id: string) => open.get(id),
    byRun: (runId: string) => [...open.values()].find((plan) => plan.runId === runId),
  }
  /** Plans that have ended and whose record may not be durable yet. */
  const ended = new Map<string, CollaborativePlan>()

  journal.observe((record) => {
    const plan = planAfter(known, record)
    if (plan === undefined) return
    if (!isEndedPlan(plan.state)) {
      open.set(plan.id, plan)
      keepTime(plan, true)
      return
    }
    open.delete(plan.id)
    times.delete(plan.id)
    ended.set(plan.id, plan)
    const [oldest] = ended.keys()
    if (ended.size > 100 && oldest !== undefined) ended.delete(oldest)
  })

  const now = () => Math.floor(clock.now())
  for (const plan of open.values()) keepTime(plan, false)

  function get(planId: string): CollaborativePlan {
    const plan = open.get(planId) ?? ended.get(planId) ?? archive.getPlan(planId)
    if (plan !== undefined) return plan
    throw new ParleyError('PLAN_UNKNOWN', `There is no plan ${planId}.`, {
      wayOut: 'Choose one from the list of plans.',
    })
  }

  /** The plan that is wished for. What cannot be planned is refused now, not when its time has come. */
  function draft(
    wish: PlanWish,
    chosen: Pick<Settings, 'policy' | 'profile'>,
    by: Actor,
    because?: PlanCause,
  ): CollaborativePlan {
    const template = templates.find(({ name }) => name === wish.template)
    if (wish.parentId !== undefined && !open.has(wish.parentId)) throw noParent(wish.parentId)
    if (wish.template !== undefined && template === undefined) throw noTemplate(wish.template)
    if (!feed.instruments().some(({ id }) => id === wish.instrument)) throw instrumentMissing(feed, wish.instrument)
    const plan = draftPlan(wish, template, chosen, {
      id: ids.next('plan'),
      at: now(),
      by,
      ...(because !== undefined && { occasion: because.why }),
    })
    decidePlan('plan', goalOf(plan, deadlinesFrom(plan.seconds, now(), timeScale)), parts.planning, parts.sha256, {
      models: parts.models,
    })
    return plan
  }

  async function create(
    wish: PlanWish,
    chosen: Pick<Settings, 'policy' | 'profile'>,
    by: Actor,
    because?: PlanCause,
  ): Promise<CollaborativePlan> {
    const plan = draft(wish, chosen, by, because)
    if (plan.called) refuseHalted()
    const also =
      because?.with === undefined
        ? []
        : [
            {
              ...because.with(plan.id),
              actor: by,
              ...(because.runId !== undefined && { correlationId: because.runId }),
            },
          ]
    await journal.append({ kind: 'collaborativePlanDrafted', data: { plan }, actor: by }, ...also)
    if (plan.called) await begin(plan)
    return get(plan.id)
  }

  async function start(planId: string, by: Actor): Promise<CollaborativePlan> {
    const plan = get(planId)
    if (plan.state !== 'draft') {
      throw new ParleyError('PLAN_BEGUN', `The plan ${planId} is ${plan.state}: it cannot begin again.`, {
        wayOut: 'Create it anew.',
      })
    }
    refuseHalted()
    const reason = 'It is to begin as soon as it can.'
    await journal.append({ kind: 'collaborativePlanCalled', data: { planId, reason }, actor: by })
    await begin(get(planId))
    return get(planId)
  }

  function refuseHalted(): void {
    const { state, reason } = latch.current()
    if (state !== 'HALTED') return
    throw new ParleyError('TRADING_HALTED', `The desk is halted: ${reason}.`, {
      wayOut: 'Re-arm the desk first, or leave the plan a draft.',
    })
  }

  /** Starts the plan's run, or leaves it waiting where something else is decided on its instrument. */
  async function begin(plan: CollaborativePlan): Promise<void> {
    if (beginning.has(plan.id) || !makeWay(plan)) return
    beginning.add(plan.id)
    try {
      await runs.start(goalOf(plan, deadlinesFrom(plan.seconds, now(), timeScale)), plan.initiator)
    } catch (error) {
      const waits = ['RUN_ACTIVE', 'TRADING_HALTED', 'JOURNAL_UNWRITABLE'].includes(errorCode(error))
      if (!waits) await note('collaborativePlanFailed', plan.id, errorMessage(error), system)
    } finally {
      beginning.delete(plan.id)
    }
  }

  /** True when nothing is decided on the instrument; an emergency has what is not yet decided give way. */
  function makeWay({ instrument, priority, parentId }: CollaborativePlan): boolean {
    const isOther = ({ collaboration }: Goal) => collaboration === undefined || collaboration.planId !== parentId
    const busy = runs.active().find(({ goal }) => goal.instrument === instrument && isOther(goal))
    if (busy === undefined) return true
    const other = busy.goal.collaboration === undefined ? undefined : open.get(busy.goal.collaboration.planId)
    if (priority === 'emergency' && other?.priority !== 'emergency' && busy.decision === null) {
      runs.cancel(busy.runId, 'An emergency on the instrument goes before it')
    }
    return false
  }

  function note(
    kind: 'collaborativePlanCancelled' | 'collaborativePlanExpired' | 'collaborativePlanFailed',
    planId: string,
    reason: string,
    by: Actor,
  ): Promise<unknown> {
    return journal.append({ kind, data: { planId, reason }, actor: by })
  }

  async function cancel(planId: string, reason: string, by: Actor): Promise<CollaborativePlan> {
    const plan = get(planId)
    if (isEndedPlan(plan.state)) {
      throw new ParleyError('PLAN_ENDED', `The plan ${planId} is ${plan.state} already.`, {
        details: { state: plan.state },
        wayOut: 'Nothing of it is under way.',
      })
    }
    const noted = note('collaborativePlanCancelled', planId, reason, by)
    endRun(plan, reason)
    await noted
    return get(planId)
  }

  function endRun({ runId }: CollaborativePlan, reason: string): void {
    if (runs.active().some((memory) => memory.runId === runId)) runs.cancel(runId ?? '', reason)
    endOrphans()
  }

  /** Keeps when the plan's phase is over on the clock that never jumps, where that is another phase than before. */
  function keepTime(plan: CollaborativePlan, isNew: boolean): void {
    const phase = phaseOf(plan)
    if (phase === undefined) times.delete(plan.id)
    else if (times.get(plan.id)?.phase !== phase.name) {
      const left = isNew ? phase.spanMs : Math.min(phase.spanMs, (phase.at - clock.now()) / timeScale)
      times.set(plan.id, { phase: phase.name, overAt: clock.monotonic() + left })
    }
  }

  /** What the plan is to have done by when; undefined where no deadline runs. */
  function phaseOf({ state, called, createdAt, seconds, deadlines }: CollaborativePlan) {
    const spanMs = (part: keyof PlanSeconds) => seconds[part] * 1_000
    if (state === 'draft') {
      const late = 'It could not begin in time.'
      const at = createdAt + spanMs('propose') * timeScale
      return called ? { name: 'begin', at, spanMs: spanMs('propose'), late, graceMs: 0 } : undefined
    }
    if (deadlines === null) return undefined
    switch (state) {
      case 'proposing':
        return {
          name: 'propose',
          at: deadlines.proposeBy,
          spanMs: spanMs('propose'),
          late: 'Nothing was proposed in time.',
          graceMs: 0,
        }
      case 'voting':
        return {
          name: 'vote',
          at: deadlines.voteBy,
          spanMs: spanMs('vote'),
          late: 'The vote was not counted in time.',
          graceMs: countingMs,
        }
      case 'inReview':
      case 'approved':
        return {
          name: 'execute',
          at: deadlines.executeBy,
          spanMs: spanMs('execute'),
          late: 'It was not carried out in time.',
          graceMs: 0,
        }
      default:
        return undefined
    }
  }

  function leftMs(plan: CollaborativePlan): number | null {
    const time = times.get(plan.id)
    return time === undefined ? null : Math.max(0, Math.round(time.overAt - clock.monotonic()))
  }

  function expire(plan: CollaborativePlan, reason: string): void {
    note('collaborativePlanExpired', plan.id, reason, system).catch(() => {})
    endRun(plan, reason)
  }

  /** Makes the plans that triggers call for. */
  function lookOut(): void {
    if (!watches || clock.monotonic() - lookedAt < lookOutMs || latch.current().state === 'HALTED') return
    lookedAt = clock.monotonic()
    environment.look()
    const latest = (name: string) => {
      const isOf = ({ template }: CollaborativePlan) => template === name
      return [...open.values()].findLast(isOf) ?? [...ended.values()].findLast(isOf) ?? archive.lastPlanOf(name)
    }
    for (const { template, instrument, why } of occasionsOf(templates, {
      book,
      feed,
      environment,
      nowMs: now(),
      timeScale,
      latest,
    })) {
      createBySystem({ instrument, template: template.name }, { why }).catch(() => {})
    }
  }

  function createBySystem(wish: PlanWish, because: PlanCause): Promise<CollaborativePlan> {
    return create(wish, chosenBySystem, system, because)
  }

  /** A plan that serves one that has ended is of no use any more. */
  function endOrphans(): void {
    for (const { id, parentId } of open.values()) {
      if (parentId === undefined || open.has(parentId) || beginning.has(id)) continue
      cancel(id, 'The plan that it serves has ended', system).catch(() => {})
    }
  }

  function expireLate(when?: string): void {
    for (const plan of open.values()) {
      const phase = phaseOf(plan)
      const overAt = times.get(plan.id)?.overAt ?? Number.POSITIVE_INFINITY
      if (phase === undefined || clock.monotonic() <= overAt + phase.graceMs) continue
      expire(plan, when === undefined ? phase.late : `${phase.late.slice(0, -1)}: its deadline passed ${when}.`)
    }
  }

  function tick(): void {
    lookOut()
    if (open.size === 0) return
    expireLate()
    endOrphans()
    if (latch.current().state === 'HALTED') return
    runs.reconcile()
    const waiting = [...open.values()].filter(({ state, called }) => state === 'draft' && called)
    for (const plan of waiting.sort((a, b) => urgency(b) - urgency(a))) begin(plan).catch(() => {})
  }

  return {
    templates,
    create,
    createBySystem,
    check: (wish) => void draft(wish, chosenBySystem, system),
    start,
    cancel,
    vote: (planId, ballot, by) => castTraderBallot(parts, get(planId), ballot, by),
    async resolveConflict(planId, between, kind, description, by) {
      return runs.resolveConflict(voteOf(planId), { between, kind, description }, by)
    },
    async propose(planId, wish, by) {
      return runs.propose(voteOf(planId), wish, by)
    },
    get,
    open: () => [...open.values()],
    leftMs,
    expireLate,
    hasEnded: ({ collaboration }) => collaboration !== undefined && isEndedPlan(get(collaboration.planId).state),
    tick,
  }

  /** The run in which the plan is voted on. */
  function voteOf(planId: string): string {
    const { state, runId } = get(planId)
    if (state === 'voting' && runId !== null) return runId
    throw new ParleyError('NOTHING_TO_RESOLVE', `The plan ${planId} is ${state}: it is not being voted on.`, {
      retry: state === 'draft' || state === 'proposing' ? 'retryable' : 'definitive',
      wayOut: 'That is possible from the first proposal on, until the votes are counted.',
    })
  }

  function noParent(planId: string): ParleyError {
    return new ParleyError('PLAN_ENDED', `There is no plan ${planId} under way that another one could serve.`, {
      wayOut: 'Name a plan that has not ended, or none.',
    })
  }

  function noTemplate(name: string): ParleyError {
    const there = templates.map((template) => template.name)
    return new ParleyError('TEMPLATE_NOT_FOUND', `There is no template "${name}".`, {
      details: { templates: there },
      wayOut: there.length === 0 ? 'Make the plan by hand.' : `Choose one of ${there.join(', ')}.`,
    })
  }
}

function urgency({ priority }: CollaborativePlan): number {
  return planPriorities.indexOf(priority)
}
