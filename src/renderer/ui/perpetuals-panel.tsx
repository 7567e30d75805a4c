import type { PerpetualsReport } from '#shared/domain/perpetuals-report.ts'
import { InstrumentLink } from './bar-basis.tsx'
import { type Column, DataTable } from './data-table.tsx'
import { Moment } from './figures.tsx'
import { formatDecimal, formatMoney, formatNumber, formatPercent, unavailable } from './format.ts'
import { Panel, PanelBody } from './panel.tsx'
import styles from './perpetuals-panel.module.css'
import { EmptyState } from './states.tsx'

type Contract = PerpetualsReport['contracts'][number]

/** What is held in perpetuals, how near the venue is to closing it, and what funding has cost. */
export function PerpetualsPanel({ report, currency }: { report: PerpetualsReport; currency: string }) {
  const money = (value: Contract['notional'], signed = false) => formatDecimal(value, { places: 2, signed })
  const columns: Column<Contract>[] = [
    { key: 'instrument', title: 'Perpetual', render: (row) => <InstrumentLink {...row} /> },
    {
      key: 'quantity',
      title: 'Quantity',
      numeric: true,
      render: ({ quantity }) => formatDecimal(quantity, { places: 6, signed: true }),
    },
    { key: 'entry', title: 'Entry', numeric: true, render: ({ averagePrice }) => money(averagePrice) },
    { key: 'mark', title: 'Mark', numeric: true, render: ({ mark }) => money(mark) },
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
      key: 'gain',
      title: `Unrealised, ${currency}`,
      numeric: true,
      render: ({ unrealised }) => money(unrealised, true),
    },
    { key: 'margin', title: `Margin, ${currency}`, numeric: true, render: ({ initial }) => money(initial) },
    {
      key: 'liquidation',
      title: 'Liquidation',
      numeric: true,
      render: ({ liquidationPrice, mark }) =>
        liquidationPrice === null && mark !== null ? (
          <span className={styles.dim}>no price</span>
        ) : (
          money(liquidationPrice)
        ),
    },
    {
      key: 'distance',
      title: 'from mark',
      numeric: true,
      render: ({ toLiquidation }) => formatPercent(toLiquidation, 1, false),
    },
    { key: 'funding', title: `Funding, ${currency}`, numeric: true, render: ({ funding }) => money(funding, true) },
    {
      key: 'next',
      title: 'Next rate',
      numeric: true,
      render: ({ fundingRate, fundingAt }) => (
        <span title="The next funding rate: longs pay it when positive and receive it when negative.">
          {fundingRate === null ? unavailable : formatPercent(Number(fundingRate), 3)}{' '}
          <span className={styles.dim}>
            <Moment at={fundingAt} />
          </span>
        </span>
      ),
    },
  ]
  const { leverage, maximumLeverage, ratio, balance, free, funding, contracts } = report
  return (
    <Panel
      title="Perpetuals"
      about={
        <span>
          leverage {formatNumber(leverage, { places: 2 })} of {formatNumber(maximumLeverage, { places: 0 })}
          {' · '}
          <span title="Maintenance margin over the margin balance: at 100 % the venue liquidates.">
            margin ratio {formatPercent(ratio, 1, false)}
          </span>
          {' · '}
          margin balance {formatMoney(balance, currency)}, {formatMoney(free, currency)} free
          {' · '}funding so far {formatMoney(funding, currency, true)}
        </span>
      }
    >
      {contracts.length === 0 ? (
        <EmptyState title="No perpetuals held">Funding so far is shown above.</EmptyState>
      ) : (
        <PanelBody label="Perpetuals, table">
          <DataTable label="Perpetuals" columns={columns} rows={contracts} rowKey={({ instrument }) => instrument} />
        </PanelBody>
      )}
    </Panel>
  )
}
