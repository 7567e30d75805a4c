import type { RunContext, StepWork } from '#engine/desk/run/run-context.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import { doAssess, doDecide, doNegotiate } from '#engine/desk/voting/vote-steps.ts'
import type { Perform, StepContext, StepResult } from '#engine/tasks/executor.ts'
import { type Seat, seatSchema } from '#shared/domain/agent.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { conclude, lookBack, pursue, weigh } from './conclusion.ts'
import { doArgue } from './debate.ts'
import { doEvaluate, doExecute } from './execution.ts'
import { doPropose, doRevise } from './proposal.ts'
import { doAnalyse, doResearch, doValidate } from './research.ts'
import { awaitReview } from './review.ts'

/**
 * Carries out the steps of a run: each asks the agent that owns it, over the bus, and journals what it answers. An answer
 * that comes after the step was given up counts for nothing: the step is then told to have been skipped (KS-12).
 */
export function performRun(run: RunContext): Perform {
  return async (context) => {
    const work = works[context.step.action]
    if (work === undefined) {
      throw new ParleyError('STEP_UNKNOWN', `Nobody knows how to "${context.step.action}" (step ${context.step.id}).`)
    }
    try {
      return await work(run, context, seatSchema.parse(context.step.owner))
    } catch (error) {
      if (errorCode(error) === 'ANSWER_LATE') return { status: 'skipped', reason: errorMessage(error) }
      throw error
    }
  }
}

const works: Readonly<Record<string, StepWork>> = {
  research: doResearch,
  validate: doValidate,
  analyse: doAnalyse,
  argue: doArgue,
  propose: doPropose,
  revise: doRevise,
  assess: doAssess,
  negotiate: doNegotiate,
  decide: doDecide,
  review: doReview,
  execute: doExecute,
  evaluate: doEvaluate,
  'look back': lookBack,
  weigh,
  pursue,
  conclude,
}

function doReview(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  return awaitReview(
    run,
    context,
    (voter, again) => doAssess(run, again, voter),
    (text, ...events) => record(run, seat, ...events, ...said(run, seat, { kind: 'decision', text })),
  )
}
