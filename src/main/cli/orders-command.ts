import type { Command } from 'commander'
import { resolveHome } from '#main/config/home.ts'
import type { Comparison } from '#shared/domain/comparison.ts'
import type { Order } from '#shared/domain/order.ts'
import { isWorkingParent, type ParentOrderView } from '#shared/domain/parent-order.ts'
import type { PositionView } from '#shared/domain/position.ts'
import { homeOption, jsonOption, wholeNumber } from './options.ts'
import { comparisonLines, orderRows, positionRow, workingOnly } from './orders-text.ts'
import { requireDesk } from './running-desk.ts'
import { describeTerminal, print, printJson, textTable } from './terminal.ts'

interface Flags {
  readonly home?: string
  readonly json?: boolean
}

/** Adds orders, positions and reconcile: what the desk that is open has at its venue. */
export function ordersCommands(program: Command): void {
  const add = (name: string, does: string) =>
    program.command(name).description(does).addOption(homeOption()).addOption(jsonOption())
  const table = (rows: readonly (readonly string[])[]) => {
    // In a pipe every row is one line, for whoever searches in it.
    const columns = process.stdout.isTTY ? describeTerminal().columns : Number.POSITIVE_INFINITY
    return textTable(rows, { columns, indent: 0 })
  }

  add('orders', 'list the orders of the open desk, newest first')
    .option('--instrument <symbol>', 'only this instrument')
    .option('--working', 'only those working, or with an unknown outcome')
    .option('--in-parts', 'only parent orders, each with its parts')
    .option('--limit <n>', 'how many to look at', wholeNumber(1, 1_000), 50)
    .action(async ({ home, json, instrument, working, inParts, limit }: Flags & OrdersAsked) => {
      const about = new URLSearchParams({ limit: String(limit), ...(instrument !== undefined && { instrument }) })
      const desk = requireDesk(resolveHome(home))
      const listed = await desk.call<Order[]>('GET', `/orders?${about.toString()}`)
      const wholes = await desk.call<ParentOrderView[]>('GET', `/orders/parents?${about.toString()}`)
      const orders = working === true ? workingOnly(listed) : listed
      const parents = working === true ? wholes.filter(isWorkingParent) : wholes
      if (json === true) return printJson(inParts === true ? parents : orders)
      const rows = orderRows(inParts === true ? [] : orders, parents)
      print(rows.length === 0 ? 'No matching orders.' : table(rows))
    })
  add('positions', 'list the positions of the open desk').action(async ({ home, json }: Flags) => {
    const positions = await requireDesk(resolveHome(home)).call<PositionView[]>('GET', '/positions')
    if (json === true) return printJson(positions)
    print(positions.length === 0 ? 'No positions.' : table(positions.map(positionRow)))
  })
  add(
    'reconcile',
    'compare orders, the fills of the last day and positions with the venue, and book what was missed',
  ).action(async ({ home, json }: Flags) => {
    const comparison = await requireDesk(resolveHome(home)).call<Comparison>('POST', '/reconcile', {})
    if (json === true) printJson(comparison)
    else print(comparisonLines(comparison).join('\n'))
    if (comparison.positions?.some(({ agrees }) => !agrees) !== false) process.exitCode = 1
  })
}

interface OrdersAsked {
  readonly instrument?: string
  readonly working?: boolean
  readonly inParts?: boolean
  readonly limit: number
}
