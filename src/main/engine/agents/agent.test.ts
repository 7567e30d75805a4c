import { describe, expect, it } from 'vitest'
import { createLocalBus } from '#engine/bus/local-bus.ts'
import type { AgentHealth } from '#shared/domain/agent.ts'
import { sleep } from '#shared/lib/clock.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { createIds } from '#shared/lib/ids.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { settle } from '#test/conformance/settle.ts'
import { createAgent, type Handlers } from './agent.ts'

function seated(handlers: Handlers) {
  const clock = createVirtualClock(0)
  const random = createRandom(1)
  const bus = createLocalBus({ clock, random, ids: createIds(clock, random) })
  const told: AgentHealth[] = []
  const agent = createAgent({ seat: 'risk', bus, clock, handlers: handlers, onHealth: (health) => told.push(health) })
  const ask = (action: string, input: unknown = null, signal?: AbortSignal) =>
    settle(clock, bus.request('agent.risk', { action, input }, { timeoutMs: 1_000, ...(signal && { signal }) }))
  return { clock, bus, agent, told, ask }
}

const fails: Handlers = {
  double: (input) => (input as number) * 2,
  break: () => {
    throw new TypeError('no such book')
  },
  refuse: () => {
    throw new ParleyError('SOURCE_UNAVAILABLE', 'The book is not there.', { retry: 'retryable' })
  },
}

describe('an agent', () => {
  it('answers what it is asked for and is idle before and after', async () => {
    const { agent, ask, told } = seated(fails)
    expect(agent.health()).toEqual({
      seat: 'risk',
      title: 'Risk manager',
      status: 'idle',
      handled: 0,
      failed: 0,
      meanMs: null,
      lastError: null,
    })
    expect(await ask('double', 21)).toBe(42)
    expect(told.map(({ status }) => status)).toEqual(['working', 'idle'])
    expect(agent.health()).toMatchObject({ handled: 1, failed: 0, meanMs: 0 })
  })

  it('measures its mean time on the clock that never runs backwards', async () => {
    const clocked = seated({ wait: (input) => sleep(clocked.clock, input as number) })
    await clocked.ask('wait', 30)
    clocked.clock.jump(-5_000)
    await clocked.ask('wait', 50)
    expect(clocked.agent.health().meanMs).toBe(40)
  })

  it('says what it can do when asked for what it cannot', async () => {
    const { ask } = seated(fails)
    await expect(ask('fly')).rejects.toMatchObject({ code: 'AGENT_CANNOT', wayOut: expect.stringContaining('double') })
    await expect(ask('constructor')).rejects.toMatchObject({ code: 'AGENT_CANNOT' })
  })

  it('names itself in an error that its handler did not expect, and passes on one that it did', async () => {
    const { ask, agent } = seated(fails)
    await expect(ask('break')).rejects.toMatchObject({
      code: 'AGENT_FAILED',
      message: 'The Risk manager failed: no such book',
    })
    await expect(ask('refuse')).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', retry: 'retryable' })
    expect(agent.health().lastError).toBe('The book is not there.')
  })

  it('is failing after three failures in a row, until it succeeds', async () => {
    const { ask, agent } = seated(fails)
    const failing = async () => {
      await ask('break').catch(() => undefined)
      return agent.health().status
    }
    expect([await failing(), await failing(), await failing()]).toEqual(['idle', 'idle', 'failing'])
    await ask('double', 1)
    expect(agent.health()).toMatchObject({ status: 'idle', handled: 1, failed: 3 })
  })

  it('does not hold a withdrawn question against itself, but a late answer it does', async () => {
    const slow = seated({ wait: (_input, signal) => sleep(slow.clock, 5_000, signal) })
    const withdrawn = new AbortController()
    const answer = slow.ask('wait', null, withdrawn.signal)
    withdrawn.abort(new Error('never mind'))
    await expect(answer).rejects.toThrow('never mind')
    expect(slow.agent.health()).toMatchObject({ status: 'idle', failed: 0 })
    await expect(slow.ask('wait')).rejects.toMatchObject({ code: 'BUS_TIMED_OUT' })
    expect(slow.agent.health()).toMatchObject({ failed: 1 })
  })

  it('works on several questions at once', async () => {
    const { clock, bus } = (() => {
      const slow = seated({ wait: () => sleep(slow.clock, 100) })
      return slow
    })()
    const questions = [1, 2, 3].map(() => bus.request('agent.risk', { action: 'wait' }, { timeoutMs: 150 }))
    await settle(clock, Promise.all(questions))
    expect(clock.now()).toBe(100)
  })

  it('leaves its seat for good', async () => {
    const { agent, ask, told } = seated(fails)
    agent.stop()
    agent.stop()
    expect(told.map(({ status }) => status)).toEqual(['stopped'])
    await expect(ask('double', 1)).rejects.toMatchObject({ code: 'BUS_NO_RESPONDER' })
  })
})
