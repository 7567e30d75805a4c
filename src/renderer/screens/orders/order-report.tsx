import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { formatDuration, formatMoney, formatPercent, unavailable } from '#renderer/ui/format.ts'
import { precision } from '#renderer/ui/precision.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Decimal } from '#shared/lib/decimal.ts'
import styles from './order-detail.module.css'
import { bpWords, confirmationWords } from './orders-view.ts'

// What is not filled yet has missed more or less as the price moves, of which no record tells.
const readEveryMs = 5_000

interface ReportProps {
  /** The order, or the order in parts, whose report it is. */
  of: { readonly clientOrderId: string } | { readonly parentId: string }
  instrument: string
  isOver: boolean
  instruments: readonly Instrument[]
}

/** What carrying an order out came to, so far or in the end: prices, slippage, shortfall in its parts, how much and how fast. */
export function OrderReportPane({ of, instrument, isOver, instruments }: ReportProps) {
  const { orpc } = useDesk()
  const refetchInterval = isOver ? false : readEveryMs
  const query = useQuery(
    'parentId' in of
      ? orpc.trading.parentReport.queryOptions({ input: of, refetchInterval })
      : orpc.trading.report.queryOptions({ input: of, refetchInterval }),
  )
  if (query.isError && query.data === undefined)
    return (
      <ErrorState
        title="The report could not be read"
        error={query.error}
        effect="The order itself is as shown above."
        onRetry={() => void query.refetch()}
      />
    )
  if (query.data === undefined) return <LoadingRows rows={8} />
  const report = query.data
  const { shortfall } = report
  const { price, currency, quantity } = precision(instruments, instrument)
  const money = (value: Decimal | null) => formatMoney(value, currency, true)
  const settles =
    report.settlesAfterMs === 0
      ? 'at the trade'
      : `${quantity(report.settledQuantity)} settled, ${quantity(report.unsettledQuantity)} to come`
  const total = shortfall.total === null ? unavailable : `${money(shortfall.total)} (${bpWords(shortfall.bps)})`
  const rows: readonly (readonly [name: string, value: string, about: string])[] = [
    ['Decision price', price(report.decisionPrice), 'Mid price at the decision.'],
    ['Arrival price', price(report.arrivalPrice), 'Mid price when the order reached the market.'],
    ['Average price', price(report.averagePrice), 'Over all fills.'],
    ['Slippage', bpWords(report.slippageBps), 'Paid above (+) or below (−) the arrival price.'],
    [
      'Against the model',
      bpWords(report.modelSlippageBps),
      `Paid above (+) or below (−) the price expected from the book at that moment: ${price(report.expectedPrice)}.`,
    ],
    ['Implementation shortfall', total, 'Against trading all of it at once at the decision price. A cost is positive.'],
    ['· delay', money(shortfall.delay), 'Market move from decision to arrival.'],
    ['· trading', money(shortfall.trading), 'Cost of the fills against the arrival price.'],
    ['· fees', money(shortfall.fees), 'Charged by the venue.'],
    ['· missed', money(shortfall.opportunity), 'Market move missed by the unfilled part since the decision.'],
    ['Fill rate', formatPercent(report.fillRate, 0, false), 'Share of the order filled.'],
    ['Time to first fill', formatDuration(report.firstFillMs), 'From when the order was created.'],
    [
      'Time to complete',
      formatDuration(report.wholeFillMs),
      'From when the order was created to the fill that completed it.',
    ],
    ['Confirmation', confirmationWords[report.confirmation], 'What the venue has confirmed.'],
    ['Settlement', settles, 'When the trade is delivered.'],
  ]
  return (
    <dl className={styles.facts} aria-label="Execution">
      {rows.map(([name, value, about]) => (
        <div key={name} className={styles.row} title={about}>
          <dt>{name}</dt>
          <dd>{value === unavailable ? <span className={styles.dim}>unavailable</span> : value}</dd>
        </div>
      ))}
    </dl>
  )
}
