import { alertsContract } from './alerts.ts'
import { conversationsContract } from './conversations.ts'
import { journalContract } from './journal.ts'
import { marketContract } from './market.ts'
import { memoryContract } from './memory.ts'
import { plansContract } from './plans.ts'
import { portfolioContract } from './portfolio.ts'
import { reviewsContract } from './reviews.ts'
import { runsContract } from './runs.ts'
import { settingsContract } from './settings.ts'
import { systemContract } from './system.ts'
import { tradingContract } from './trading.ts'

/** The whole API of the desk; the page, the command line and other programs know no other way in. */
export const contract = {
  system: systemContract,
  market: marketContract,
  plans: plansContract,
  runs: runsContract,
  reviews: reviewsContract,
  conversations: conversationsContract,
  memory: memoryContract,
  trading: tradingContract,
  portfolio: portfolioContract,
  journal: journalContract,
  settings: settingsContract,
  alerts: alertsContract,
}
