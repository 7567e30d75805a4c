import type { Calm, Quiescence } from '#main/simulation/observation.ts'
import { isOpen } from '#shared/domain/order.ts'

/** RT-6: once nothing goes wrong any more, the desk starts and links to its broker. */
export function deskOpens({ isOpen, isLinked }: Calm): string | undefined {
  if (!isOpen) return 'the desk does not start'
  return isLinked ? undefined : 'the desk does not link to its broker'
}

/** RT-6: once nothing goes wrong any more, every order comes to its end but for what protects a position. */
export function ordersEnd({ working, orders, listedOrders }: Quiescence): string | undefined {
  const stuck = working.find((order) => order.contingency?.kind !== 'OCO' || !isOpen(order.status))
  if (stuck !== undefined) return `${stuck.clientOrderId} is still ${stuck.status} on the desk`
  const exits = listedOrders.flatMap(({ clientOrderId, contingency }) =>
    contingency?.kind === 'OCO' ? clientOrderId : [],
  )
  const live = orders.find(({ clientOrderId, status }) => isOpen(status) && !exits.includes(clientOrderId))
  return live === undefined ? undefined : `${live.clientOrderId} is still ${live.status} at the broker`
}

/** RT-6: once nothing goes wrong any more, every run ends. */
export function runsEnd({ activeRuns }: Quiescence): string | undefined {
  return activeRuns.length === 0 ? undefined : `the run ${activeRuns[0]} has not ended`
}

/** RT-6: once nothing goes wrong any more, the desk can be armed again. */
export function deskRearms({ rearmRefused }: Quiescence): string | undefined {
  return rearmRefused === undefined ? undefined : `the desk cannot be re-armed: ${rearmRefused}`
}
