import { votingSeats } from '#shared/domain/agent.ts'
import {
  type Collaboration,
  decisionTasks,
  type Participant,
  type PlanDeadlines,
  type PlanSeconds,
} from '#shared/domain/collaboration.ts'
import type { CollaborativePlan } from '#shared/domain/collaborative-plan.ts'
import type { Combination } from '#shared/domain/combination.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { PlanTemplate } from '#shared/domain/plan-template.ts'
import type { PlanWish } from '#shared/domain/plan-wish.ts'
import type { ProfileName } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import type { Settings } from '#shared/domain/settings.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** What a plan made by hand is unless something else is said. */
function byHand(chosen: Pick<Settings, 'policy'>): Omit<PlanTemplate, 'name' | 'description'> {
  return {
    title: 'Decide together',
    purpose: 'decide',
    tasks: [...decisionTasks],
    priority: 'medium',
    objectives: ['Find the best trade there is, or none.'],
    participants: votingSeats.map((voter) => ({ voter, weight: 1 })),
    policy: chosen.policy,
    threshold: null,
    seconds: { propose: 300, vote: 120, execute: 900 },
    subGoals: [],
    parameters: {},
  }
}

/** Nobody can plan around a veto: these always take part. */
const guards = ['risk', 'privacy'] as const

function participantsOf(template: readonly Participant[], wish: PlanWish): Participant[] {
  const all = new Map(template.map((one) => [one.voter, one]))
  for (const one of wish.participants ?? []) all.set(one.voter, one)
  for (const voter of wish.without ?? []) all.delete(voter)
  for (const voter of guards) if (!all.has(voter)) all.set(voter, { voter, weight: 1 })
  return [...all.values()]
}

function parametersOf(template: Pick<PlanTemplate, 'parameters'>, wish: PlanWish): Record<string, number> {
  const known = Object.keys(template.parameters)
  for (const name of Object.keys(wish.parameters ?? {})) {
    if (known.includes(name)) continue
    throw new ParleyError('PARAMETER_UNKNOWN', `The plan has no parameter "${name}".`, {
      details: { known },
      wayOut: known.length === 0 ? 'It takes none.' : `It takes ${known.join(', ')}.`,
    })
  }
  return { ...template.parameters, ...wish.parameters }
}

/** A draft as it was asked for, over its template or what a plan made by hand is. Throws PARAMETER_UNKNOWN and COMBINATION_UNFIT. */
export function draftPlan(
  wish: PlanWish,
  template: PlanTemplate | undefined,
  chosen: Pick<Settings, 'policy' | 'profile'>,
  made: { readonly id: string; readonly at: number; readonly by: Actor; readonly occasion?: string },
): CollaborativePlan {
  const basis = template ?? byHand(chosen)
  const votesAgain = wish.votesAgain ?? basis.votesAgain
  const weights = wish.weights ?? basis.weights
  const policy = wish.policy ?? basis.policy
  const combination = combinationOf(wish.combination ?? basis.combination, policy)
  return {
    id: made.id,
    title: wish.title ?? basis.title,
    template: template?.name ?? null,
    purpose: basis.purpose,
    tasks: [...basis.tasks],
    instrument: wish.instrument,
    profile: wish.profile ?? basis.profile ?? chosen.profile,
    priority: wish.priority ?? basis.priority,
    initiator: made.by,
    occasion: made.occasion ?? null,
    participants: participantsOf(basis.participants, wish),
    objectives: [...(wish.objectives ?? basis.objectives)],
    policy,
    ...(combination !== undefined && { combination }),
    threshold: wish.threshold ?? basis.threshold,
    seconds: secondsOf(basis.seconds, wish.seconds),
    ...(votesAgain !== undefined && { votesAgain }),
    ...(weights !== undefined && { weights }),
    research: basis.research === undefined ? null : [...basis.research],
    parameters: parametersOf(basis, wish),
    ...(wish.parentId !== undefined && { parentId: wish.parentId }),
    ...(basis.subGoals.length > 0 && { subGoals: [...basis.subGoals] }),
    called: wish.draft !== true,
    state: 'draft',
    createdAt: made.at,
    deadlines: null,
    question: null,
    runId: null,
    traded: false,
    endedAt: null,
    reason: null,
    moves: [{ state: 'draft', at: made.at, reason: null }],
  }
}

/** Weights mean something where ballots are weighed. */
function combinationOf(combination: Combination | undefined, policy: Settings['policy']): Combination | undefined {
  if (combination === undefined || combination === 'fixed' || policy === 'weighted') return combination
  throw new ParleyError('COMBINATION_UNFIT', `"${combination}" weighs ballots, and "${policy}" counts heads.`, {
    wayOut: 'Choose the policy "weighted", or fixed weights.',
  })
}

function secondsOf(basis: PlanSeconds, wish: PlanWish['seconds']): PlanSeconds {
  return {
    propose: wish?.propose ?? basis.propose,
    vote: wish?.vote ?? basis.vote,
    execute: wish?.execute ?? basis.execute,
  }
}

/** The deadlines of a plan that begins at the moment; `timeScale` milliseconds of the desk's time go by in one of waiting. */
export function deadlinesFrom({ propose, vote, execute }: PlanSeconds, at: number, timeScale: number): PlanDeadlines {
  const after = (seconds: number) => Math.round(at + seconds * 1_000 * timeScale)
  return {
    proposeBy: after(propose),
    voteBy: after(propose + vote),
    executeBy: after(propose + vote + execute),
  }
}

/** The goal of the run that carries the plan out. */
export function goalOf(plan: CollaborativePlan, deadlines: PlanDeadlines): Goal & { readonly profile: ProfileName } {
  const collaboration: Collaboration = {
    planId: plan.id,
    purpose: plan.purpose,
    tasks: plan.tasks,
    participants: plan.participants,
    threshold: plan.threshold,
    seconds: plan.seconds,
    deadlines,
    parameters: plan.parameters,
    ...(plan.combination !== undefined && { combination: plan.combination }),
    ...(plan.votesAgain !== undefined && { votesAgain: plan.votesAgain }),
    ...(plan.weights !== undefined && { weights: plan.weights }),
    ...(plan.research !== null && { research: plan.research }),
    ...(plan.parentId !== undefined && { parentId: plan.parentId }),
    ...(plan.subGoals !== undefined && { subGoals: plan.subGoals }),
  }
  return { instrument: plan.instrument, profile: plan.profile, policy: plan.policy, collaboration }
}
