import { implement, type Router } from '@orpc/server'
import { contract } from '#shared/contract/index.ts'
import { alertsRoutes } from './alerts.ts'
import { conversationsRoutes } from './conversations.ts'
import type { CallContext } from './desk.ts'
import { journalRoutes } from './journal.ts'
import { marketRoutes } from './market.ts'
import { memoryRoutes } from './memory.ts'
import type { ApiParts } from './parts.ts'
import { plansRoutes } from './plans.ts'
import { portfolioRoutes } from './portfolio.ts'
import { reviewsRoutes } from './reviews.ts'
import { runsRoutes } from './runs.ts'
import { settingsRoutes } from './settings.ts'
import { systemRoutes } from './system.ts'
import { tradingRoutes } from './trading.ts'

/** The contract, implemented over the engine: one file a noun. */
export function createRouter(parts: ApiParts): Router<typeof contract, CallContext> {
  return implement(contract)
    .$context<CallContext>()
    .router({
      system: systemRoutes(parts),
      market: marketRoutes(parts),
      plans: plansRoutes(parts),
      runs: runsRoutes(parts),
      reviews: reviewsRoutes(parts),
      conversations: conversationsRoutes(parts),
      memory: memoryRoutes(parts),
      trading: tradingRoutes(parts),
      portfolio: portfolioRoutes(parts),
      journal: journalRoutes(parts),
      settings: settingsRoutes(parts),
      alerts: alertsRoutes(parts),
    })
}
