import { EventEmitter } from 'node:events'
import type { BusStore } from '#engine/bus/bus.ts'
import { createLocalBus } from '#engine/bus/local-bus.ts'
import { createIds } from '#shared/lib/ids.ts'
import { createRandom } from '#shared/lib/random.ts'
import { createVirtualClock } from '#shared/lib/virtual-clock.ts'
import { openBusStore } from '#store/bus.ts'
import { type BenchRow, printTable } from './table.ts'

const body = { instrument: 'BTC/USDT', view: 'up', confidence: 0.62 }

/** What listeners count and keep: out of their functions, so that neither the call nor the letter can be left out. */
const counted: { handled: number; last: unknown } = { handled: 0, last: null }

/** Letters a second from a publisher that waits for each to be accepted to a subscriber that acknowledges each. */
async function busRate(letters: number, store?: BusStore): Promise<number> {
  const clock = createVirtualClock(1_700_000_000_000)
  const random = createRandom(1)
  const parts = { clock, random, ids: createIds(clock, random) }
  const bus = createLocalBus(store === undefined ? parts : { ...parts, store })
  bus.subscribe('news', async (letter) => {
    counted.handled += 1
    counted.last = letter
  })
  counted.handled = 0
  const startedMs = performance.now()
  for (let count = 0; count < letters; count++) await bus.publish('news', body)
  await bus.close()
  if (counted.handled !== letters) throw new Error(`${counted.handled} of ${letters} letters arrived.`)
  return (letters * 1_000) / (performance.now() - startedMs)
}

async function requestRate(requests: number): Promise<number> {
  const clock = createVirtualClock(1_700_000_000_000)
  const random = createRandom(1)
  const bus = createLocalBus({ clock, random, ids: createIds(clock, random) })
  bus.respond('price', async (asked) => asked)
  const startedMs = performance.now()
  for (let count = 0; count < requests; count++) await bus.request('price', body, { timeoutMs: 1_000 })
  return (requests * 1_000) / (performance.now() - startedMs)
}

/**
 * Node's own events: no queue, no acknowledgement, no retry. The floor that the bus is measured against. Each event carries
 * a letter of its own, as the bus makes one, and the listener is as the bus's is.
 */
function emitterRate(events: number): number {
  const emitter = new EventEmitter()
  emitter.on('news', (letter: unknown) => {
    counted.handled += 1
    counted.last = letter
  })
  counted.handled = 0
  const startedMs = performance.now()
  for (let count = 0; count < events; count++) emitter.emit('news', { id: count, topic: 'news', body })
  if (counted.handled !== events) throw new Error(`${counted.handled} of ${events} events arrived.`)
  return (events * 1_000) / (performance.now() - startedMs)
}

/** Messages a second through the bus, in memory and kept in SQLite, beside Node's EventEmitter. */
export async function benchBus(): Promise<readonly BenchRow[]> {
  await busRate(50_000)
  const store = openBusStore(':memory:')
  const rows = [
    { name: 'local bus, acknowledged', perSecond: await busRate(300_000) },
    { name: 'local bus, letters kept in SQLite', perSecond: await busRate(50_000, store) },
    { name: 'local bus, request and answer', perSecond: await requestRate(100_000) },
    { name: "Node's EventEmitter", perSecond: emitterRate(3_000_000) },
  ]
  store.close()
  printTable('Bus: messages on one thread', rows)
  return rows
}
