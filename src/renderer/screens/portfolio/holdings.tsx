import { InstrumentLink } from '#renderer/ui/bar-basis.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatDecimal, formatMoney, formatNumber, formatPercent } from '#renderer/ui/format.ts'
import { Panel, PanelBody } from '#renderer/ui/panel.tsx'
import { ShareBar } from '#renderer/ui/share-bar.tsx'
import { EmptyState } from '#renderer/ui/states.tsx'
import type { PortfolioReport } from '#shared/domain/portfolio-report.ts'
import { toNumber, ZERO } from '#shared/lib/decimal.ts'
import styles from './portfolio-screen.module.css'

type Holding = PortfolioReport['holdings'][number]

const cashName = 'Cash'
const money = (value: number) => formatNumber(value, { places: 2 })
const none = <span className={styles.dim}>none</span>

/** Holdings, with the cash below them where it has a weight. */
function rowsOf({ holdings, cashWeight, cash, at }: PortfolioReport): readonly Holding[] {
  if (cashWeight === null) return holdings
  const row: Holding = {
    instrument: cashName,
    quantity: cash,
    markedAt: at,
    worth: toNumber(cash),
    weight: cashWeight.now,
    riskShare: null,
    suggested: cashWeight.suggested ?? 0,
    runId: null,
  }
  return [...holdings, row]
}

/** What is held, how much of the risk it is, and what is suggested. */
export function Holdings({ report }: { report: PortfolioReport }) {
  const { holdings, invested, cash, currency, at, suggestion, weighed } = report
  const isCash = ({ instrument }: Holding) => instrument === cashName
  const columns: Column<Holding>[] = [
    {
      key: 'instrument',
      title: 'Instrument',
      render: (row) => (isCash(row) ? cashName : <InstrumentLink {...row} />),
    },
    {
      key: 'quantity',
      title: 'Quantity',
      numeric: true,
      render: (row) => (isCash(row) ? '' : row.quantity === ZERO ? none : formatDecimal(row.quantity, { places: 6 })),
    },
    {
      key: 'worth',
      title: `Value, ${currency}`,
      numeric: true,
      render: ({ worth }) => (worth === 0 ? none : money(worth)),
    },
    {
      key: 'markedAt',
      title: 'as of',
      render: ({ markedAt }) => (
        <span className={styles.dim}>
          <Moment at={markedAt} />
        </span>
      ),
    },
    {
      key: 'weight',
      title: weighed === 'equity' ? 'Of equity' : 'Weight',
      numeric: true,
      render: ({ weight }) => formatPercent(weight, 1, false),
    },
    {
      key: 'risk',
      title: 'Contribution to risk',
      numeric: true,
      render: (row) => (isCash(row) ? '' : formatPercent(row.riskShare, 1, false)),
    },
    {
      key: 'suggested',
      title: 'Suggested',
      numeric: true,
      render: ({ suggested }) => formatPercent(suggestion === null ? null : suggested, 1, false),
    },
    {
      key: 'bar',
      title: 'Weight, with the suggested weight marked',
      wide: true,
      render: ({ instrument, weight, suggested }) => (
        <ShareBar
          kind="part"
          share={weight}
          label={`${instrument}, weight`}
          {...(suggestion !== null && { mark: suggested })}
        />
      ),
    },
  ]
  return (
    <Panel
      title="Holdings"
      about={
        <span>
          {money(invested)} {currency} invested, {formatMoney(cash, currency)} in cash, as of <Moment at={at} />
        </span>
      }
    >
      {holdings.length === 0 ? (
        <EmptyState title="No positions">Weights appear with the first fill.</EmptyState>
      ) : (
        <PanelBody label="Holdings, table">
          <DataTable label="Holdings" columns={columns} rows={rowsOf(report)} rowKey={({ instrument }) => instrument} />
        </PanelBody>
      )}
    </Panel>
  )
}
