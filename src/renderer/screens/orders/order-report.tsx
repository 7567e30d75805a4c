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
        effect="The order is as it stands above."
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
      ? 'with the trade'
      : `${quantity(report.settledQuantity)} settled, ${quantity(report.unsettledQuantity)} to come`
  const total = shortfall.total === null ? unavailable : `${money(shortfall.total)} (${bpWords(shortfall.bps)})`
  const rows: readonly (readonly [name: string, value: string, about: string])[] = [
    ['Price at the decision', price(report.decisionPrice), 'The middle of the market when it was decided on.'],
    ['Arrival price', price(report.arrivalPrice), 'The middle of the market when the order came to it.'],
    ['Average paid', price(report.averagePrice), 'Over all fills.'],
    ['Slippage', bpWords(report.slippageBps), 'Paid above (+) or below (−) the arrival price.'],
    [
      'Against the model',
      bpWords(report.modelSlippageBps),
      `Paid above (+) or below (−) what the book of that moment gave to expect: ${price(report.expectedPrice)}.`,
    ],
    [
      'Implementation shortfall',
      total,
      'Beside trading all of it at once at the decision’s price; a cost is positive.',
    ],
    ['· delay', money(shortfall.delay), 'The market’s move from the decision to the arrival.'],
    ['· trading', money(shortfall.trading), 'What the fills cost above the arrival price.'],
    ['· fees', money(shortfall.fees), 'What the venue took.'],
    ['· missed', money(shortfall.opportunity), 'What the part that is not filled has missed since the decision.'],
    ['Fill rate', formatPercent(report.fillRate, 0, false), 'How much of it is filled.'],
    ['Time to the first fill', formatDuration(report.firstFillMs), 'From when the order was made.'],
    [
      'Time to the whole',
      formatDuration(report.wholeFillMs),
      'From when the order was made to the fill that completed it.',
    ],
    ['Confirmation', confirmationWords[report.confirmation], 'What the venue has said of it.'],
    ['Settlement', settles, 'When what was traded is delivered.'],
  ]
  return (
    <dl className={styles.facts} aria-label="How it was carried out">
      {rows.map(([name, value, about]) => (
        <div key={name} className={styles.row} title={about}>
          <dt>{name}</dt>
          <dd>{value === unavailable ? <span className={styles.dim}>unavailable</span> : value}</dd>
        </div>
      ))}
    </dl>
  )
}
