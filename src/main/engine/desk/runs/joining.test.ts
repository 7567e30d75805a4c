import { describe, expect, it } from 'vitest'
import { deskKernel, goal } from '#test/builders/desk-kernel.ts'
import { passUntil, settle } from '#test/builders/virtual-time.ts'

const trader = { kind: 'human', id: 'trader' } as const

async function runUntil(kind: string) {
  const desk = deskKernel({ seed: 2 })
  await desk.start()
  const { kernel, clock, kinds } = desk
  const { runId, ended } = await settle(clock, kernel.runs.start({ ...goal, policy: 'simple-majority' }, trader))
  await passUntil(clock, () => kinds().some((each) => each === kind))
  const say = (remark: Parameters<typeof kernel.runs.say>[1]) => settle(clock, kernel.runs.say(runId, remark, trader))
  return { ...desk, runId, say, end: () => settle(clock, ended) }
}

describe('the trader joins in', () => {
  it('an agent that is asked answers from what it said, citing what that stands on', async () => {
    const { say, end } = await runUntil('ballotCast')
    const [words, answer] = await say({ intent: 'ask', to: 'bear', text: 'What speaks against it?' })
    expect(words).toMatchObject({ agent: 'trader', kind: 'human', text: 'What speaks against it?' })
    expect(answer).toMatchObject({ agent: 'bear', kind: 'analysis', replyTo: words?.id })
    const { messages, evidence } = await end()
    expect(messages.map(({ id }) => id)).toEqual(expect.arrayContaining([words?.id, answer?.id]))
    const known = new Set(evidence.map(({ id }) => id))
    expect(answer?.evidence.every((id) => known.has(id))).toBe(true)
  })

  it('an agent that has nothing to say to a question says so', async () => {
    const { say } = await runUntil('runStarted')
    const [, answer] = await say({ intent: 'ask', to: 'bull', text: 'How is the weather?' })
    expect(answer?.text).toContain('I have no answer')
  })

  it('a fact becomes evidence; the sides argue it, and those who have voted vote again before the count', async () => {
    const { say, end, records } = await runUntil('ballotCast')
    const fact = 'The exchange halts withdrawals tonight.'
    const [words, note] = await say({ intent: 'fact', text: fact, direction: 'down', confidence: 1 })
    expect(note).toMatchObject({ agent: 'desk', kind: 'system', replyTo: words?.id })
    const { evidence, ballots, debate, decision } = await end()
    const added = evidence.find(({ source }) => source === 'trader')
    expect(added).toMatchObject({ status: 'value', summary: fact })
    expect(words?.evidence).toEqual([added?.id])
    expect(ballots.length).toBeGreaterThan(new Set(ballots.map(({ voter }) => voter)).size)
    expect(debate.flatMap(({ points }) => points.flatMap((point) => point.evidence))).toContain(added?.id)
    const kinds = records.map(({ kind }) => kind)
    expect(kinds.lastIndexOf('ballotCast')).toBeLessThan(kinds.indexOf('tallyTaken'))
    expect(decision).not.toBeNull()
  })

  it('a fact after the vote is refused, with the way out', async () => {
    const { say } = await runUntil('decisionMade')
    const fact = { intent: 'fact', text: 'Late news.', direction: 'up', confidence: 0.5 } as const
    await expect(say(fact)).rejects.toMatchObject({ code: 'RUN_DECIDED', wayOut: expect.stringContaining('Object') })
  })

  it('HO-2 an objection keeps the decision from being carried out', async () => {
    const { say, end, kinds } = await runUntil('ballotCast')
    await say({ intent: 'object', text: 'Earnings come out tonight.' })
    const { decision } = await end()
    expect(decision).toMatchObject({ status: 'review' })
    expect(decision?.reason).toContain('Earnings come out tonight.')
    expect(kinds()).not.toContain('orderInitialized')
  })

  it('an objection between the vote and the order still stops the order', async () => {
    const { say, end, kinds } = await runUntil('decisionMade')
    const saying = say({ intent: 'object', text: 'Not now.' })
    await saying
    const { steps } = await end()
    expect(kinds()).not.toContain('orderInitialized')
    expect(steps.get('execute')).toEqual({ skipped: 'The trader objects: Not now.' })
  })

  it('nobody can join in once a run has ended', async () => {
    const { say, end } = await runUntil('ballotCast')
    await end()
    await expect(say({ intent: 'object', text: 'Too late.' })).rejects.toMatchObject({ code: 'RUN_NOT_ACTIVE' })
  })
})
