import { implement } from '@orpc/server'
import { allocationReport } from '#engine/desk/reports/allocation-report.ts'
import { portfolioChoices } from '#engine/desk/reports/portfolio-choices.ts'
import { riskReport } from '#engine/desk/reports/risk-report.ts'
import { requireKnownAccount } from '#engine/trading/orders/account-doubt.ts'
import { contract } from '#shared/contract/index.ts'
import type { CallContext } from './desk.ts'
import type { ApiParts } from './parts.ts'

/** The book's risk and its allocation. */
export function portfolioRoutes({ kernel, feed, clock, queries, planning, compute }: ApiParts) {
  const os = implement(contract.portfolio).$context<CallContext>()
  const parts = () => {
    requireKnownAccount(kernel.book)
    return { book: kernel.book, mandate: kernel.mandate, feed, now: Math.floor(clock.now()) }
  }
  const allocationParts = () => ({ ...parts(), history: queries, profiles: planning.profiles })
  return {
    risk: os.risk.handler(() => riskReport(parts())),
    allocation: os.allocation.handler(({ input }) => allocationReport(allocationParts(), input)),
    choices: os.choices.handler(({ input }) => portfolioChoices(allocationParts(), input, compute)),
  }
}
