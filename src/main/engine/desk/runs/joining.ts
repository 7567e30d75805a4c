import type { AskedOfSeat } from '#engine/agents/seats/answer.ts'
import { askSeat, type RunContext } from '#engine/desk/run/run-context.ts'
import { messageOf, posted, record } from '#engine/desk/run/run-log.ts'
import { argueRound } from '#engine/desk/steps/debate.ts'
import { formInsight } from '#engine/desk/steps/research.ts'
import { castBallotOf } from '#engine/desk/voting/vote-steps.ts'
import { type Seat, seatSchema, seatTitles } from '#shared/domain/agent.ts'
import { type EvidenceValue, traderSource } from '#shared/domain/evidence.ts'
import type { Actor } from '#shared/domain/journal.ts'
import type { Message } from '#shared/domain/message.ts'
import type { TraderRemark } from '#shared/domain/trader-remark.ts'
import { assertNever } from '#shared/lib/assert.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'

/** How long an agent may take to answer the trader, or to think again. */
const answerMs = 5_000
const system: Actor = { kind: 'system', id: 'desk' }

/**
 * What the trader says in a run that is under way. A question is put to the agent, which answers from what it knows. A
 * fact becomes evidence; agents that have spoken already think again: the analyst forms its view anew, the two sides
 * argue one more round, and whoever has voted votes again, before the votes are counted. An objection keeps the decision
 * from being carried out without the trader. Resolves with what was said, the trader's words first, once it is durable.
 * Rejects with RUN_DECIDED for a fact that comes after the vote.
 */
export async function joinIn(
  run: RunContext,
  remark: TraderRemark,
  by: Actor,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const { memory } = run
  if (remark.intent === 'fact' && memory.decision !== null) {
    throw new ParleyError(
      'RUN_DECIDED',
      `The desk has voted already (${memory.runId}): the fact would change nothing.`,
      {
        wayOut: 'Object to the decision, or cancel the run and decide again: then the fact is heard.',
      },
    )
  }
  const words = messageOf(run, by.id, { kind: 'human', text: remark.text })

  switch (remark.intent) {
    case 'ask': {
      const asked = record(run, by, posted(words))
      const answer = await answerOf(run, remark.to, remark.text, words.id, signal)
      await record(run, remark.to, posted(answer))
      await asked
      return [words, answer]
    }
    case 'object':
      await record(run, by, posted(words), {
        kind: 'traderObjected',
        data: { runId: memory.runId, messageId: words.id, text: remark.text },
      })
      return [words]
    case 'fact': {
      const fact = factOf(run, remark)
      const known = record(
        run,
        by,
        { kind: 'evidenceGathered', data: { evidence: fact } },
        posted({ ...words, evidence: [fact.id] }),
      )
      // The votes are not counted before those who have voted have thought again.
      const thinking = (run.thinkingAgain.current ?? Promise.resolve()).then(() => thinkAgain(run, signal))
      run.thinkingAgain.current = thinking
      const again = await thinking
      const note = messageOf(run, system.id, { kind: 'system', text: again, replyTo: words.id })
      await record(run, system, posted(note))
      await known
      return [{ ...words, evidence: [fact.id] }, note]
    }
    default:
      return assertNever(remark)
  }
}

async function answerOf(
  run: RunContext,
  seat: Seat,
  question: string,
  replyTo: string,
  signal: AbortSignal,
): Promise<Message> {
  const { memory } = run
  const input: AskedOfSeat = {
    question,
    said: memory.messages.filter(({ agent, replyTo: answered }) => agent === seat && answered === null),
    ballot: memory.ballots.findLast(({ voter }) => voter === seat) ?? null,
    evidence: memory.evidence,
  }
  try {
    const remark = await askSeat(run, { seat, asked: 'answer', input, timeoutMs: answerMs, signal })
    const { text, confidence, evidence } = remark
    return messageOf(run, seat, { kind: 'analysis', text, confidence, evidence, replyTo })
  } catch (error) {
    const text = `The ${seatTitles[seat]} did not answer: ${errorMessage(error)}`
    return messageOf(run, system.id, { kind: 'system', text, replyTo })
  }
}

const signals = { up: 1, down: -1, none: 0 } as const

function factOf({ parts, memory }: RunContext, remark: Extract<TraderRemark, { intent: 'fact' }>): EvidenceValue {
  const at = Math.floor(parts.clock.now())
  const earlier = memory.evidence.filter(({ source }) => source === traderSource).length
  return {
    id: parts.ids.next('ev'),
    runId: memory.runId,
    task: `trader_fact_${earlier + 1}`,
    source: traderSource,
    at,
    asOf: at,
    status: 'value',
    summary: remark.text,
    figures: { signal: signals[remark.direction], strength: remark.confidence },
    quality: 1,
  }
}

/** Lets those who have spoken take up the new fact; says in a sentence what came of it. */
async function thinkAgain(run: RunContext, signal: AbortSignal): Promise<string> {
  const { memory } = run
  const ask = { timeoutMs: answerMs, signal }
  const failures: string[] = []
  const attempt = (seat: Seat, work: () => Promise<unknown>) =>
    work().catch((error: unknown) => failures.push(`${seatTitles[seat]}: ${errorMessage(error)}`))
  const hadSpoken = memory.insight !== null || memory.debate.length > 0
  if (!hadSpoken) return 'The fact is in the dossier; everyone will hear it.'

  if (memory.insight !== null) await attempt('analyst', () => formInsight(run, 'analyst', ask))
  const round = 1 + Math.max(0, run.plannedRounds, ...memory.debate.map((argument) => argument.round))
  if (memory.debate.length > 0) {
    await Promise.all((['bull', 'bear'] as const).map((side) => attempt(side, () => argueRound(run, side, round, ask))))
  }
  const lastChoice = (seat: Seat) => JSON.stringify(memory.ballots.findLast(({ voter }) => voter === seat)?.choice)
  const seated = memory.ballots.flatMap(({ voter }) => seatSchema.safeParse(voter).data ?? [])
  const voted = new Map(seated.map((seat) => [seat, lastChoice(seat)]))
  if (memory.decision === null) {
    for (const seat of voted.keys()) await attempt(seat, () => castBallotOf(run, seat, ask))
  }
  const changed = [...voted].filter(([seat, before]) => lastChoice(seat) !== before).map(([seat]) => seatTitles[seat])
  const result =
    voted.size === 0
      ? 'The fact was taken up before the vote.'
      : changed.length === 0
        ? `${voted.size} voted again with the fact; nobody changed sides.`
        : `${voted.size} voted again with the fact; ${changed.join(', ')} changed sides.`
  return failures.length === 0 ? result : `${result} Not heard: ${failures.join('; ')}.`
}
