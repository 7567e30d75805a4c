import { createHashHistory, createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router'
import { z } from 'zod'
import { AgentsScreen } from '#renderer/screens/agents/agents.tsx'
import { ConversationsScreen } from '#renderer/screens/conversations/conversations.tsx'
import { conversationViews } from '#renderer/screens/conversations/views.ts'
import { DeskScreen } from '#renderer/screens/desk/desk.tsx'
import { JournalScreen } from '#renderer/screens/journal/journal.tsx'
import { OrdersScreen } from '#renderer/screens/orders/orders-screen.tsx'
import { PlanScreen } from '#renderer/screens/plan/plan-screen.tsx'
import { PortfolioScreen } from '#renderer/screens/portfolio/portfolio-screen.tsx'
import { ReviewScreen } from '#renderer/screens/review/review-screen.tsx'
import { RiskScreen } from '#renderer/screens/risk/risk-screen.tsx'
import { RunsScreen } from '#renderer/screens/runs/runs.tsx'
import { SettingsScreen } from '#renderer/screens/settings/settings.tsx'
import { ErrorState } from '#renderer/ui/states.tsx'
import { timeframeSchema } from '#shared/domain/bar.ts'
import { memoryKindSchema, memoryTierSchema } from '#shared/domain/memory.ts'
import { messageKindSchema } from '#shared/domain/message.ts'
import { closedStatuses } from '#shared/domain/order.ts'
import { regimeSchema } from '#shared/domain/situation.ts'
import { Frame } from './frame.tsx'

const root = createRootRoute({
  component: Frame,
  errorComponent: ({ error }) => (
    <ErrorState
      title="This screen failed"
      error={error}
      effect="Trading continues: the engine does not depend on this page. STOP still works."
      onRetry={() => location.reload()}
    />
  ),
})

const deskSearch = z.object({
  symbol: z.string().optional().catch(undefined),
  timeframe: timeframeSchema.optional().catch(undefined),
  run: z.string().optional().catch(undefined),
  /** The patterns on the chart: "all", or the name of the one that is looked at. */
  pattern: z.string().optional().catch(undefined),
})

const conversationsSearch = z.object({
  text: z.string().optional().catch(undefined),
  agent: z.string().optional().catch(undefined),
  kind: messageKindSchema.optional().catch(undefined),
  instrument: z.string().optional().catch(undefined),
  view: z.enum(conversationViews).optional().catch(undefined),
  regime: regimeSchema.optional().catch(undefined),
  what: memoryKindSchema.optional().catch(undefined),
  tier: memoryTierSchema.optional().catch(undefined),
  run: z.string().optional().catch(undefined),
})

const ordersSearch = z.object({
  order: z.string().optional().catch(undefined),
  parent: z.string().optional().catch(undefined),
  instrument: z.string().optional().catch(undefined),
  ended: z.enum(closedStatuses).optional().catch(undefined),
})

const desk = createRoute({
  getParentRoute: () => root,
  path: '/desk',
  component: DeskScreen,
  validateSearch: deskSearch,
})
const routes = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/desk' })
    },
  }),
  desk,
  createRoute({ getParentRoute: () => root, path: '/plans', component: PlanScreen }),
  createRoute({ getParentRoute: () => root, path: '/plans/$runId', component: PlanScreen }),
  createRoute({ getParentRoute: () => root, path: '/reviews', component: ReviewScreen }),
  createRoute({ getParentRoute: () => root, path: '/reviews/$reviewId', component: ReviewScreen }),
  createRoute({ getParentRoute: () => root, path: '/runs', component: RunsScreen }),
  createRoute({ getParentRoute: () => root, path: '/orders', component: OrdersScreen, validateSearch: ordersSearch }),
  createRoute({ getParentRoute: () => root, path: '/risk', component: RiskScreen }),
  createRoute({ getParentRoute: () => root, path: '/portfolio', component: PortfolioScreen }),
  createRoute({
    getParentRoute: () => root,
    path: '/conversations',
    component: ConversationsScreen,
    validateSearch: conversationsSearch,
  }),
  createRoute({ getParentRoute: () => root, path: '/journal', component: JournalScreen }),
  createRoute({ getParentRoute: () => root, path: '/agents', component: AgentsScreen }),
  createRoute({ getParentRoute: () => root, path: '/settings', component: SettingsScreen }),
])

/** The page's routes; the address stands behind the hash, so that any host can serve the page as one file. */
export function createPageRouter() {
  return createRouter({ routeTree: routes, history: createHashHistory(), defaultPreload: false })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>
  }
}
