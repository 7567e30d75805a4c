import { Gauge, Registry } from 'prom-client'
import type { Bus } from '#engine/bus/bus.ts'
import type { Kernel } from '#engine/desk/kernel.ts'
import type { Journal } from '#engine/journal/journal.ts'
import type { Status } from '#shared/contract/system.ts'

interface Parts {
  readonly kernel: Kernel
  readonly journal: Journal
  readonly bus: Bus
  readonly status: () => Status
}

/** The desk's metrics in Prometheus' text format, read when they are asked for. */
export function createMetrics({ kernel, journal, bus, status }: Parts): () => Promise<string> {
  const registry = new Registry()
  const gauge = (name: string, help: string, read: () => number | null) =>
    new Gauge({
      name: `parley_${name}`,
      help,
      registers: [registry],
      collect() {
        const value = read()
        if (value === null) this.remove()
        else this.set(value)
      },
    })
  const states = { ACTIVE: 2, REDUCING: 1, HALTED: 0 } as const
  gauge('trading_state', '2 ACTIVE, 1 REDUCING, 0 HALTED', () => states[status().latch.state])
  gauge('journal_records', 'Durable records of the journal', () => journal.head().size)
  gauge('runs_active', 'Decision runs under way', () => kernel.runs.active().length)
  gauge('orders_working', 'Orders that may still change', () => kernel.book.orders.size)
  gauge('bus_pending', 'Letters accepted and not yet acknowledged', () => bus.pending())
  gauge('bus_dead_letters', 'Letters that no subscriber could handle', () => bus.deadLetters().length)
  gauge('equity', 'Equity in the account currency', () => {
    const { equity } = status().account
    return equity === null ? null : Number(equity)
  })
  void new Gauge({
    name: 'parley_event_loop_delay_ms',
    help: 'By how much the event loop was late over the last minute',
    labelNames: ['over_a_minute'],
    registers: [registry],
    collect() {
      this.reset()
      const { loop } = status()
      if (loop === null) return
      this.set({ over_a_minute: 'p50' }, loop.p50Ms)
      this.set({ over_a_minute: 'p99' }, loop.p99Ms)
      this.set({ over_a_minute: 'max' }, loop.maxMs)
    },
  })
  void new Gauge({
    name: 'parley_agent_handled',
    help: 'Requests that an agent has answered, by seat and result',
    labelNames: ['seat', 'result'],
    registers: [registry],
    collect() {
      for (const { seat, handled, failed } of kernel.roster.health()) {
        this.set({ seat, result: 'answered' }, handled)
        this.set({ seat, result: 'failed' }, failed)
      }
    },
  })
  return () => registry.metrics()
}
