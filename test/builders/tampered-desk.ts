import type { Bus } from '#engine/bus/bus.ts'
import type { Seat } from '#shared/domain/agent.ts'
import { type DeskKernelGiven, deskKernel } from './desk-kernel.ts'

/** What a seat is asked over the bus. */
export interface Asked {
  readonly action: string
  readonly input: unknown
}
/** What stands in for a seat's answer; undefined lets the seat answer for itself. */
export type Tamper = (asked: Asked, answer: () => Promise<unknown>) => Promise<unknown> | undefined
export type Tampers = Partial<Record<Seat, Tamper>>

/** The bus of a desk some of whose agents answer otherwise than they would. */
export const tampered =
  (tampers: Tampers) =>
  (inner: Bus): Bus => ({
    ...inner,
    respond: (topic, answer, limits) =>
      inner.respond(
        topic,
        async (body, signal) => {
          const tamper = tampers[topic.slice('agent.'.length) as Seat]
          return tamper?.(body as Asked, () => answer(body, signal)) ?? answer(body, signal)
        },
        limits,
      ),
  })

/** Stands in for what a seat answers to one action. */
export const on =
  (action: string, make: (answer: () => Promise<unknown>, input: unknown) => Promise<unknown>): Tamper =>
  (asked, answer) =>
    asked.action === action ? make(answer, asked.input) : undefined

/** A started desk with such agents. */
export async function tamperedDesk(tampers: Tampers, given: DeskKernelGiven = {}) {
  const desk = deskKernel({ seed: 2, ...given, wrapBus: tampered(tampers) })
  await desk.start()
  const stepsOf = (runId: string) =>
    Object.fromEntries(
      (desk.queries.getRun(runId)?.steps ?? []).map(({ id, state, reason }) => [id, { state, reason }]),
    )
  return { ...desk, stepsOf }
}
