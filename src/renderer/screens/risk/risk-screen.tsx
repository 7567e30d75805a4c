import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDesk } from '#renderer/client.ts'
import { BasisWords, InstrumentLink } from '#renderer/ui/bar-basis.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import {
  formatDecimal,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPrice,
  unavailable,
} from '#renderer/ui/format.ts'
import { Panel, PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { PerpetualsPanel } from '#renderer/ui/perpetuals-panel.tsx'
import { ShareBar } from '#renderer/ui/share-bar.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { RiskReport } from '#shared/domain/risk-report.ts'
import styles from './risk-screen.module.css'
import { limitWords, methodWords, shareUsed } from './risk-view.ts'

// Marks move with the price, of which no record tells.
const readEveryMs = 5_000

const money = (value: number | null, signed = false) => formatNumber(value, { places: 2, signed })

/** What the book may lose, how much of the mandate it uses, and what would hurt it. */
export function RiskScreen() {
  const { orpc } = useDesk()
  const risk = useQuery(orpc.portfolio.risk.queryOptions({ refetchInterval: readEveryMs }))
  return (
    <Screen title="Risk" tools={risk.data && <AsOf report={risk.data} />}>
      <div className={styles.panels}>
        {risk.isError ? (
          <ErrorState
            title="The risk could not be read"
            error={risk.error}
            effect="The gate measures it again before every order and denies what it cannot measure."
            onRetry={() => void risk.refetch()}
          />
        ) : risk.data === undefined ? (
          <LoadingRows rows={12} />
        ) : (
          <>
            <Limits report={risk.data} />
            <Exposure report={risk.data} />
            {risk.data.perpetuals !== null && (
              <PerpetualsPanel report={risk.data.perpetuals} currency={risk.data.currency} />
            )}
            <Tails report={risk.data} />
            <Stresses report={risk.data} />
          </>
        )}
      </div>
    </Screen>
  )
}

function AsOf({ report: { at } }: { report: RiskReport }) {
  return (
    <span className={styles.dim}>
      as of <Moment at={at} />
    </span>
  )
}

type Limit = RiskReport['limits'][number]

function Limits({ report: { limits, currency } }: { report: RiskReport }) {
  const amount = (limit: Limit['limit'], value: number | null) =>
    limit === 'orders-per-minute'
      ? formatNumber(value, { places: 0 })
      : limit === 'leverage'
        ? formatNumber(value, { places: 2 })
        : value === null
          ? unavailable
          : `${money(value)} ${currency}`
  const columns: Column<Limit>[] = [
    {
      key: 'limit',
      title: 'Limit',
      render: ({ limit }) => <span title={limitWords[limit].about}>{limitWords[limit].title}</span>,
    },
    {
      key: 'bar',
      title: '',
      wide: true,
      render: (row) => <ShareBar share={shareUsed(row)} label={`${limitWords[row.limit].title}, used`} />,
    },
    {
      key: 'share',
      title: 'Used',
      numeric: true,
      render: (row) => formatPercent(shareUsed(row), 0, false),
    },
    { key: 'used', title: 'Now', numeric: true, render: ({ limit, used }) => amount(limit, used) },
    { key: 'maximum', title: 'Maximum', numeric: true, render: ({ limit, maximum }) => amount(limit, maximum) },
  ]
  return (
    <Panel title="Limits of the mandate" about={<span>An order that would exceed one of them is denied.</span>}>
      <PanelBody label="Limits of the mandate, table">
        <DataTable label="Limits of the mandate" columns={columns} rows={limits} rowKey={({ limit }) => limit} />
      </PanelBody>
      {limits.some(({ used }) => used === null) && (
        <p className={styles.note}>
          A limit that cannot be measured counts as used up: orders that add risk are denied.
        </p>
      )}
    </Panel>
  )
}

type Held = RiskReport['exposures'][number]

function Exposure({ report }: { report: RiskReport }) {
  const { exposures, gross, net, currency } = report
  const columns: Column<Held>[] = [
    { key: 'instrument', title: 'Instrument', render: (row) => <InstrumentLink {...row} /> },
    {
      key: 'quantity',
      title: 'Quantity',
      numeric: true,
      render: ({ quantity }) => formatDecimal(quantity, { places: 6, signed: true }),
    },
    { key: 'mark', title: 'Mark', numeric: true, render: ({ mark }) => formatPrice(mark) },
    {
      key: 'markedAt',
      title: 'as of',
      render: ({ markedAt }) => (
        <span className={styles.dim}>
          <Moment at={markedAt} />
        </span>
      ),
    },
    { key: 'worth', title: `Value, ${currency}`, numeric: true, render: ({ worth }) => money(worth, true) },
    { key: 'share', title: 'Of equity', numeric: true, render: ({ share }) => formatPercent(share, 1) },
    {
      key: 'risk',
      title: 'Contribution to risk',
      numeric: true,
      render: ({ riskShare }) => formatPercent(riskShare, 1, false),
    },
    {
      key: 'tailShare',
      title: 'Contribution to ES',
      numeric: true,
      render: ({ tailShare }) => formatPercent(tailShare, 1, false),
    },
    {
      key: 'marginal',
      title: 'Marginal ES per 1 000',
      numeric: true,
      render: ({ marginal }) => (marginal === null ? unavailable : money(1_000 * marginal)),
    },
    {
      key: 'bar',
      title: '',
      wide: true,
      render: ({ instrument, riskShare }) => (
        <ShareBar kind="part" share={riskShare} label={`${instrument}, contribution to risk`} />
      ),
    },
  ]
  return (
    <Panel
      title="Exposure"
      about={
        exposures.length > 0 && (
          <span>
            gross {money(gross)} {currency}, net {money(net, true)} {currency}
          </span>
        )
      }
    >
      {exposures.length === 0 ? (
        <EmptyState title="No positions">
          Exposure appears with the first fill.{' '}
          <Link to="/desk" className={styles.link}>
            Decide on the Desk ›
          </Link>
        </EmptyState>
      ) : (
        <PanelBody label="Exposure, table">
          <DataTable label="Exposure" columns={columns} rows={exposures} rowKey={({ instrument }) => instrument} />
        </PanelBody>
      )}
    </Panel>
  )
}

type Tail = RiskReport['tails'][number]

function Tails({ report }: { report: RiskReport }) {
  const { tails, basis, unavailable: why, currency, equity, highest, drawdown, exposures } = report
  const wealth = equity === null ? null : Number(equity)
  const share = (value: number) => (wealth === null || wealth <= 0 ? null : value / wealth)
  const columns: Column<Tail>[] = [
    { key: 'method', title: 'Method', render: ({ method }) => methodWords[method] },
    {
      key: 'var',
      title: `Value at risk, ${currency}`,
      numeric: true,
      render: ({ valueAtRisk }) => money(valueAtRisk),
    },
    {
      key: 'varShare',
      title: 'of equity',
      numeric: true,
      render: ({ valueAtRisk }) => formatPercent(share(valueAtRisk), 2, false),
    },
    {
      key: 'es',
      title: `Expected shortfall, ${currency}`,
      numeric: true,
      render: ({ expectedShortfall }) => money(expectedShortfall),
    },
    {
      key: 'esShare',
      title: 'of equity',
      numeric: true,
      render: ({ expectedShortfall }) => formatPercent(share(expectedShortfall), 2, false),
    },
  ]
  return (
    <Panel title="One-day VaR and expected shortfall, 95 %" about={basis !== null && <BasisWords basis={basis} />}>
      {basis === null ? (
        <EmptyState title={exposures.length === 0 ? 'No positions' : 'Unavailable'}>{why}</EmptyState>
      ) : (
        <>
          <PanelBody label="One-day VaR and expected shortfall, table">
            <DataTable
              label="One-day VaR and expected shortfall"
              columns={columns}
              rows={tails}
              rowKey={({ method }) => method}
            />
          </PanelBody>
          {highest !== null && (
            <p className={styles.note}>
              The account is {formatPercent(highest.below, 2, false)} below its highest recorded equity,{' '}
              {formatMoney(highest.equity, currency)} on <Moment at={highest.at} as="date" />.
            </p>
          )}
          {drawdown !== null && (
            <p className={styles.note}>
              The worst drawdown of the book as held now is {formatPercent(drawdown.depth, 1, false)} of equity, from{' '}
              <Moment at={drawdown.from} as="date" /> to <Moment at={drawdown.trough} as="date" />
              {drawdown.recovered === null ? (
                ', not recovered since'
              ) : (
                <>
                  , recovered by <Moment at={drawdown.recovered} as="date" />
                </>
              )}
              ; at the last bar it is {formatPercent(drawdown.now, 1, false)} below its peak.
            </p>
          )}
        </>
      )}
    </Panel>
  )
}

type Stress = RiskReport['stresses'][number]

function Stresses({ report: { stresses, currency } }: { report: RiskReport }) {
  const columns: Column<Stress>[] = [
    { key: 'name', title: 'Scenario', render: ({ name }) => name },
    {
      key: 'at',
      title: 'Date',
      render: ({ at }) =>
        at === null ? <span className={styles.dim}>hypothetical</span> : <Moment at={at} as="date" />,
    },
    { key: 'change', title: `P&L, ${currency}`, numeric: true, render: ({ change }) => money(change, true) },
    { key: 'share', title: 'of equity', numeric: true, render: ({ share }) => formatPercent(share, 2) },
    {
      key: 'bar',
      title: '',
      wide: true,
      render: ({ name, share }) => (
        <ShareBar kind="part" share={share === null ? null : Math.max(0, -share)} label={`${name}, loss of equity`} />
      ),
    },
  ]
  if (stresses.length === 0) return null
  return (
    <Panel title="Stress">
      <PanelBody label="Stress, table">
        <DataTable label="Stress" columns={columns} rows={stresses} rowKey={({ name }) => name} />
      </PanelBody>
    </Panel>
  )
}
