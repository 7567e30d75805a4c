import { marginOf } from '#engine/trading/margin/book-margin.ts'
import type { MarginAccount } from '#engine/trading/margin/margin-account.ts'
import { walletOf } from '#engine/trading/positions/book.ts'
import { marksOf } from '#engine/trading/positions/marks.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import type { PerpetualsReport } from '#shared/domain/perpetuals-report.ts'
import type { Position } from '#shared/domain/position.ts'
import { absolute, divide, subtract, sum, toNumber, ZERO } from '#shared/lib/decimal.ts'
import type { ReportParts } from './held-book.ts'

/** What is held in perpetuals and what stands behind it; null for an account that never held one. */
export function perpetualsReport(parts: ReportParts): PerpetualsReport | null {
  const { book, feed, mandate } = parts
  const positions = [...book.positions.values()].filter(({ instrument }) => isPerpetual(instrument))
  if (positions.length === 0) return null
  const terms = (id: string) => feed.instruments().find((instrument) => instrument.id === id)?.perpetual
  const account = marginOf({ book, mandate, mark: marksOf(feed), terms })
  return {
    wallet: walletOf(book),
    balance: account?.balance ?? null,
    initial: account?.initial ?? null,
    free: account?.free ?? null,
    maintenance: account?.maintenance ?? null,
    ratio: numberOf(account?.ratio),
    leverage: numberOf(account?.leverage),
    maximumLeverage: mandate.maximumLeverage,
    funding: sum(positions.map(({ funding = ZERO }) => funding)),
    contracts: positions
      .filter(({ quantity }) => quantity !== ZERO)
      .map((position) => contractOf(parts, position, account)),
  }
}

function contractOf(
  { book, feed }: ReportParts,
  { instrument, quantity, averagePrice, funding = ZERO }: Position,
  account: MarginAccount | undefined,
): PerpetualsReport['contracts'][number] {
  const quote = feed.quote(instrument)
  const mark = quote?.perpetual?.mark ?? null
  const margin = account?.contracts.find((contract) => contract.instrument === instrument)
  const liquidationPrice = margin?.liquidationPrice ?? null
  return {
    instrument,
    quantity,
    averagePrice,
    mark,
    markedAt: quote?.at ?? null,
    notional: margin?.notional ?? null,
    unrealised: margin?.unrealised ?? null,
    initial: margin?.initial ?? null,
    maintenance: margin?.maintenance ?? null,
    liquidationPrice,
    toLiquidation:
      liquidationPrice === null || mark === null
        ? null
        : toNumber(divide(absolute(subtract(mark, liquidationPrice)), mark)),
    funding,
    fundingRate: quote?.perpetual?.fundingRate ?? null,
    fundingAt: quote?.perpetual?.fundingAt ?? null,
    runId: book.openedBy.get(instrument) ?? null,
  }
}

function numberOf(value: Parameters<typeof toNumber>[0] | null | undefined): number | null {
  return value === null || value === undefined ? null : toNumber(value)
}
