import type { ResearchInput } from '#engine/agents/questions.ts'
import { describeValidation } from '#engine/agents/seats/validate.ts'
import { viewsLookedBack } from '#engine/desk/reports/view-records.ts'
import { refuseFalseFindings, refuseImpostor } from '#engine/desk/run/answer-checks.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import {
  type Asking,
  ask,
  askingOf,
  askSeat,
  done,
  type RunContext,
  refuseStray,
} from '#engine/desk/run/run-context.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Evidence } from '#shared/domain/evidence.ts'
import type { ResearchTask } from '#shared/domain/profile.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { recallSituation } from './recall.ts'

/** Has the researcher gather the evidence of one task, or take it from what was gathered a moment ago. */
export async function doResearch(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const { memory, parts } = run
  const task = context.step.id
  const definition = parts.planning.tasks[task]
  const briefing = await briefingOf(parts, memory)
  if (definition === undefined) throw new ParleyError('PROFILE_UNKNOWN_TASK', `There is no research task "${task}".`)
  const input: ResearchInput = {
    task,
    definition,
    runId: memory.runId,
    runBegan: memory.startedAt,
    instrument: briefing.instrument.id,
    attemptsLeft: context.attemptsLeft,
  }
  const { evidence, usd, before, failed } = await ask(run, context, seat, 'research', input)
  refuseFalseFindings(memory, task, evidence)
  await record(
    run,
    seat,
    ...evidence.map((each): DeskEvent => ({ kind: 'evidenceGathered', data: { evidence: each } })),
    ...said(
      run,
      seat,
      ...evidence.map((each) => ({
        kind: 'analysis' as const,
        text:
          each.status === 'unavailable'
            ? `${definition.title}: ${each.source.replaceAll('_', ' ')} is unavailable. ${each.reason}`
            : `${definition.title}: ${each.summary}${ageWords(each)}`,
        confidence: each.status === 'value' ? each.quality : null,
        evidence: [each.id],
      })),
    ),
  )
  if (failed !== undefined) {
    const { code, message, ...limits } = failed
    throw new ParleyError(code, message, { details: { ...limits, usd } })
  }
  return { status: 'succeeded', output: { before }, usd }
}

function ageWords({ keptSeconds }: Evidence): string {
  if (keptSeconds === undefined) return ''
  return keptSeconds === 0 ? ' (loaded for another task just now)' : ` (loaded ${keptSeconds} s ago)`
}

/** Has the validator judge the dossier. */
export async function doValidate(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const briefing = await briefingOf(run.parts, run.memory)
  const tasks: Record<string, ResearchTask> = {}
  for (const { id, action } of run.memory.plan.steps) {
    const task = action === 'research' ? run.parts.planning.tasks[id] : undefined
    if (task !== undefined) tasks[id] = task
  }
  const validation = await ask(run, context, seat, 'validate', { briefing, tasks })
  await record(
    run,
    seat,
    { kind: 'dossierValidated', data: { runId: run.memory.runId, validation } },
    ...said(run, seat, { kind: 'analysis', text: describeValidation(validation), confidence: validation.completeness }),
  )
  return done
}

/** Has the analyst form the market view, and recalls situations like it. */
export async function doAnalyse(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  await formInsight(run, seat, askingOf(context))
  await recallSituation(run, context.signal)
  return done
}

/** Has the market view formed from what is known now. */
export async function formInsight(run: RunContext, seat: Seat, asking: Asking): Promise<void> {
  const briefing = await briefingOf(run.parts, run.memory)
  const past = run.parts.history.listViews(run.memory.goal.instrument, viewsLookedBack)
  const { insight, remarks } = await askSeat(run, { seat, asked: 'analyse', input: { briefing, past }, ...asking })
  if (insight !== null) {
    refuseImpostor(seat, insight.agent)
    refuseStray(run.memory, seat, 'The view', { runId: run.memory.runId, instrument: insight.instrument })
  }
  await record(
    run,
    seat,
    ...(insight === null ? [] : [{ kind: 'insightFormed', data: { runId: run.memory.runId, insight } } as const]),
    ...said(run, seat, ...remarks),
  )
}
