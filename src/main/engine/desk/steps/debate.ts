import { refuseImpostor } from '#engine/desk/run/answer-checks.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import { type Asking, ask, askingOf, askSeat, done, hasModel, type RunContext } from '#engine/desk/run/run-context.ts'
import { record, recordCall, said } from '#engine/desk/run/run-log.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Seat } from '#shared/domain/agent.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** Has a side speak in its round, and its language model beside it. */
export async function doArgue(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const round = Number(context.step.id.split('-')[1])
  await argueRound(run, seat, round, askingOf(context))
  const argument = run.memory.debate.find((said) => said.side === seat && said.round === round)
  if (argument === undefined || !hasModel(run, seat, 'words')) return done
  const input = { argument, evidence: run.memory.evidence }
  const { remark, call } = await ask(run, context, seat, 'speak', input)
  await recordCall(run, context, call, ...(remark === null ? [] : said(run, seat, remark)))
  return { status: 'succeeded', output: null, usd: call.usd }
}

/** Has a side speak in a round of the debate; it answers what was said in the rounds before. */
export async function argueRound(run: RunContext, seat: Seat, round: number, asking: Asking): Promise<void> {
  const { memory } = run
  const earlier = memory.debate.filter((said) => said.round < round)
  const input = { briefing: await briefingOf(run.parts, memory), round, earlier }
  const answer = await askSeat(run, { seat, asked: 'argue', input, ...asking })
  refuseImpostor(seat, answer.argument.side)
  if (answer.argument.round !== round) {
    throw new ParleyError('ANSWER_INVALID', `The ${seat} argues in round ${answer.argument.round}, not ${round}.`)
  }
  const argument = {
    ...answer.argument,
    points: answer.argument.points.map((point) => ({ ...point, evidence: [...point.evidence] })),
  }
  await record(
    run,
    seat,
    { kind: 'argumentMade', data: { runId: memory.runId, argument } },
    ...said(run, seat, ...answer.remarks),
  )
}
