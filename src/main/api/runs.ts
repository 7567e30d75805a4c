import { implement } from '@orpc/server'
import { decideChoices } from '#engine/desk/planning/decide-choices.ts'
import { profileFor } from '#engine/desk/planning/decide-terms.ts'
import { attemptsLearned, learnedTasks } from '#engine/desk/planning/estimates.ts'
import { goalStates } from '#engine/desk/planning/goal-states.ts'
import { experienceOf, votingPolicy } from '#engine/desk/voting/voting-policy.ts'
import { contract } from '#shared/contract/index.ts'
import type { Run, RunSummary } from '#shared/domain/run.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { inTurns } from '#shared/lib/turns.ts'
import { createBlind } from './blind.ts'
import type { CallContext } from './desk.ts'
import { instrumentOn } from './market.ts'
import { type ApiParts, trader } from './parts.ts'

/** Decision runs and all that is known of each. */
export function runsRoutes({ kernel, queries, feed, settings, planning, models, clock }: ApiParts) {
  const blind = createBlind(kernel.reviews)
  const os = implement(contract.runs).$context<CallContext>()

  /** Of a run that is judged first, what it came to is kept back. */
  const shown = <Summary extends RunSummary>(summary: Summary): Summary =>
    blind.reviewOf(summary.id) === undefined ? summary : { ...summary, outcome: null, reason: null }

  function run(runId: string): Run {
    const found = queries.getRun(runId)
    if (found !== undefined) return shown(found)
    throw new ParleyError('RUN_NOT_FOUND', `There is no run ${runId}.`, { wayOut: 'Open one from the list of runs.' })
  }

  function summary(runId: string): RunSummary {
    const { plan: _plan, steps: _steps, ...rest } = run(runId)
    return rest
  }

  return {
    start: os.start.handler(async ({ input }) => {
      const chosen = settings.load()
      const goal = {
        instrument: instrumentOn(feed, input.instrument).id,
        profile: input.profile ?? chosen.profile,
        policy: input.policy ?? chosen.policy,
        ...(input.deadlineSeconds !== undefined && { deadlineSeconds: input.deadlineSeconds }),
        ...(input.leaveOut !== undefined && input.leaveOut.length > 0 && { leaveOut: input.leaveOut }),
        ...(input.slots !== undefined && { slots: input.slots }),
        ...(input.algorithm !== undefined && { algorithm: input.algorithm }),
      }
      const { runId } = await kernel.runs.start(goal, trader)
      return summary(runId)
    }),
    choices: os.choices.handler(async ({ input }) => {
      const { profile, policy } = settings.load()
      const goal = { instrument: instrumentOn(feed, input.instrument).id, profile: input.profile ?? profile, policy }
      return inTurns(decideChoices(goal, planning), { now: () => clock.monotonic(), pause: nextTurn })
    }),
    list: os.list.handler(({ input }) => queries.listRuns(input.limit).map(shown)),
    get: os.get.handler(({ input }) => run(input.runId)),
    cancel: os.cancel.handler(({ input }) => {
      run(input.runId)
      kernel.runs.cancel(input.runId, input.reason)
      return summary(input.runId)
    }),
    messages: os.messages.handler(({ input }) => {
      blind.refuse(input.runId)
      return [...queries.listMessages(input.runId, input.after, input.limit)]
    }),
    evidence: os.evidence.handler(({ input }) => [...queries.listEvidence(input.runId)]),
    pause: os.pause.handler(async ({ input }) => {
      run(input.runId)
      await kernel.runs.pause(input.runId, input.reason, trader)
      return summary(input.runId)
    }),
    resume: os.resume.handler(async ({ input }) => {
      run(input.runId)
      await kernel.runs.unpause(input.runId, trader)
      return summary(input.runId)
    }),
    addResearch: os.addResearch.handler(async ({ input }) => {
      run(input.runId)
      await kernel.runs.addResearch(input.runId, input.task, trader)
      return summary(input.runId)
    }),
    monitor: os.monitor.handler(({ input }) => {
      const { plan, steps } = run(input.runId)
      const isBlind = blind.reviewOf(input.runId) !== undefined
      return {
        ...queries.getWatch(input.runId),
        // What was changed of the plan tells what was proposed.
        ...(isBlind && { divergences: [], replans: [] }),
        forecast: kernel.runs.forecast(input.runId) ?? null,
        goals: [...goalStates(plan, steps)],
      }
    }),
    estimates: os.estimates.handler(() => learnedTasks(queries.listAttempts(attemptsLearned), planning, clock.now())),
    vote: os.vote.handler(({ input }) => {
      const { goal } = run(input.runId)
      const policy = votingPolicy(goal, profileFor(goal, planning), models, experienceOf({ history: queries, clock }))
      // HO-10: of the hardest nothing of the vote is told before the trader has said what he thinks.
      if (blind.reviewOf(input.runId) !== undefined) {
        return { policy, isBlind: true, proposals: [], ballots: [], tally: null, decision: null, outcome: null }
      }
      const { proposals, ballots, tally, decision, outcome } = queries.getVote(input.runId)
      return { policy, isBlind: false, proposals: [...proposals], ballots: [...ballots], tally, decision, outcome }
    }),
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
