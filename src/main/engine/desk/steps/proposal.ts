import type { Remark } from '#engine/agents/seat.ts'
import { refuseTwins } from '#engine/desk/run/answer-checks.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import { ask, done, type RunContext, refuseStray } from '#engine/desk/run/run-context.ts'
import { record, said } from '#engine/desk/run/run-log.ts'
import { questionOf } from '#engine/desk/run/run-state.ts'
import type { StepContext, StepResult } from '#engine/tasks/executor.ts'
import type { Seat } from '#shared/domain/agent.ts'
import type { DeskEvent } from '#shared/domain/event.ts'
import type { Proposal } from '#shared/domain/proposal.ts'
import { compare } from '#shared/lib/decimal.ts'
import { ParleyError } from '#shared/lib/error.ts'

/** Has the strategist propose what to do; the best trade is put to the vote. */
export async function doPropose(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const { memory } = run
  const input = { briefing: await briefingOf(run.parts, memory), insight: memory.insight, debate: memory.debate }
  const proposals = await ask(run, context, seat, 'propose', input)
  for (const { id, runId, instrument } of proposals)
    refuseStray(memory, seat, `The proposal ${id}`, { runId, instrument })
  refuseTwins('proposal', [...memory.proposals, ...proposals])
  const preferred = proposals[0]
  if (preferred === undefined) throw new ParleyError('NOTHING_PROPOSED', 'The strategist proposed nothing.')
  await record(
    run,
    seat,
    ...proposals.map((proposal): DeskEvent => ({ kind: 'proposalMade', data: { proposal } })),
    ...said(run, seat, ...proposed(proposals, preferred, memory.insight?.confidence ?? null)),
  )
  return done
}

/** Has the strategist make a rejected proposal smaller, so that it can be voted on again. */
export async function doRevise(run: RunContext, context: StepContext, seat: Seat): Promise<StepResult> {
  const proposal = questionOf(run.memory)
  if (proposal === undefined) return { status: 'skipped', reason: 'There is no proposal to revise.' }
  const revision = await ask(run, context, seat, 'revise', {
    briefing: await briefingOf(run.parts, run.memory),
    proposal,
  })
  if (revision === null) return { status: 'skipped', reason: 'No smaller size is worth an order.' }
  const { quantity, riskAtStop, why } = revision
  if (compare(quantity, proposal.quantity) >= 0) {
    throw new ParleyError('ANSWER_INVALID', `The ${seat} revised ${proposal.quantity} to ${quantity}: that is no less.`)
  }
  await record(
    run,
    seat,
    { kind: 'proposalRevised', data: { proposal: { ...proposal, quantity, riskAtStop }, why } },
    ...said(run, seat, { kind: 'proposal', text: why, evidence: proposal.evidence }),
  )
  return done
}

/** What the strategist says: what it would do, and the trade that the desk votes on where that is another. */
function proposed(proposals: readonly Proposal[], preferred: Proposal, confidence: number | null): Remark[] {
  const question = questionOf({ proposals })
  const say = (text: string, { evidence }: Proposal): Remark => ({ kind: 'proposal', text, confidence, evidence })
  if (question === undefined || question === preferred) return [say(proposalSentence(preferred), preferred)]
  return [
    say(proposalSentence(preferred), preferred),
    say(`To the vote goes the best trade there is, against holding. ${proposalSentence(question)}`, question),
  ]
}

function proposalSentence(proposal: Proposal): string {
  const { action, quantity, instrument, entry, stop, target, objectives, changesMyMind } = proposal
  const mind = `What would change my mind: ${changesMyMind}`
  if (action === 'hold') return `I propose to hold ${instrument}. ${objectives.join(' ')} ${mind}`
  const exits = [stop === null ? '' : `stop ${stop}`, target === null ? '' : `target ${target}`].filter(
    (text) => text !== '',
  )
  return `I propose to ${action} ${quantity} ${instrument} at about ${entry}${exits.length > 0 ? `, ${exits.join(', ')}` : ''}. ${objectives.join(' ')} ${mind}`
}
