import { SegmentedControl } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { BasisWords, InstrumentLink } from '#renderer/ui/bar-basis.tsx'
import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatDecimal, formatMoney, formatNumber, formatPercent } from '#renderer/ui/format.ts'
import { Panel, PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { PerpetualsPanel } from '#renderer/ui/perpetuals-panel.tsx'
import { ShareBar } from '#renderer/ui/share-bar.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import {
  type PortfolioGoal,
  type PortfolioReport,
  portfolioGoalSchema,
  portfolioGoals,
} from '#shared/domain/portfolio-report.ts'
import { ZERO } from '#shared/lib/decimal.ts'
import { FrontierPicture } from './frontier-picture.tsx'
import styles from './portfolio-screen.module.css'

const readEveryMs = 10_000

const goalWords: Readonly<Record<PortfolioGoal, { readonly title: string; readonly about: string }>> = {
  'risk-parity': {
    title: 'Risk parity',
    about: 'Every instrument adds the same to the risk. It needs no forecast of returns.',
  },
  'minimum-variance': {
    title: 'Least variance',
    about: 'The least volatility there is. It needs no forecast of returns.',
  },
  'maximum-sharpe': {
    title: 'Most return for the risk',
    about: 'The most mean return for its volatility. Past means forecast badly: take it with care.',
  },
}

const money = (value: number, signed = false) => formatNumber(value, { places: 2, signed })

const none = <span className={styles.dim}>none</span>

/** What is held, what could be, and how to get there. */
export function PortfolioScreen() {
  const { orpc } = useDesk()
  const [goal, setGoal] = useState<PortfolioGoal>('risk-parity')
  const portfolio = useQuery(
    orpc.portfolio.allocation.queryOptions({
      input: { goal },
      refetchInterval: readEveryMs,
      placeholderData: keepPreviousData,
    }),
  )
  return (
    <Screen
      title="Portfolio"
      tools={
        <SegmentedControl
          size="xs"
          aria-label="What the suggestion is for"
          value={goal}
          onChange={(value) => setGoal(portfolioGoalSchema.parse(value))}
          data={portfolioGoals.map((value) => ({ value, label: goalWords[value].title }))}
        />
      }
    >
      <div className={styles.panels}>
        {portfolio.isError ? (
          <ErrorState
            title="The portfolio could not be read"
            error={portfolio.error}
            effect="What is held stays as it is."
            onRetry={() => void portfolio.refetch()}
          />
        ) : portfolio.data === undefined ? (
          <LoadingRows rows={12} />
        ) : (
          <>
            <Holdings report={portfolio.data} />
            {portfolio.data.perpetuals !== null && (
              <PerpetualsPanel report={portfolio.data.perpetuals} currency={portfolio.data.currency} />
            )}
            <Suggestion report={portfolio.data} />
          </>
        )}
      </div>
    </Screen>
  )
}

type Holding = PortfolioReport['holdings'][number]

function Holdings({ report }: { report: PortfolioReport }) {
  const { holdings, invested, cash, currency, at, suggestion } = report
  const columns: Column<Holding>[] = [
    { key: 'instrument', title: 'Instrument', render: (row) => <InstrumentLink {...row} /> },
    {
      key: 'quantity',
      title: 'Quantity',
      numeric: true,
      render: ({ quantity }) => (quantity === ZERO ? none : formatDecimal(quantity, { places: 6 })),
    },
    {
      key: 'worth',
      title: `Worth, ${currency}`,
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
    { key: 'weight', title: 'Weight', numeric: true, render: ({ weight }) => formatPercent(weight, 1, false) },
    { key: 'risk', title: 'Of the risk', numeric: true, render: ({ riskShare }) => formatPercent(riskShare, 1, false) },
    {
      key: 'suggested',
      title: 'Suggested',
      numeric: true,
      render: ({ suggested }) => formatPercent(suggestion === null ? null : suggested, 1, false),
    },
    {
      key: 'bar',
      title: 'Weight, and the suggested one as a mark',
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
        <EmptyState title="Nothing is held">Weights appear with the first fill.</EmptyState>
      ) : (
        <PanelBody label="Holdings, table">
          <DataTable label="Holdings" columns={columns} rows={holdings} rowKey={({ instrument }) => instrument} />
        </PanelBody>
      )}
    </Panel>
  )
}

function Suggestion({ report }: { report: PortfolioReport }) {
  const { basis, unavailable, shrinkage, diversification, goal } = report
  return (
    <Panel title="Efficient frontier" about={basis !== null && <BasisWords basis={basis} />}>
      {basis === null ? (
        <EmptyState title="No frontier">{unavailable}</EmptyState>
      ) : (
        <div className={styles.columns}>
          <FrontierPicture report={report} />
          <div className={styles.words}>
            <h3>{goalWords[goal].title}</h3>
            <p>{unavailable ?? goalWords[goal].about}</p>
            <p className={styles.dim}>
              Long only, of what is invested. Covariances are drawn {formatPercent(shrinkage, 0, false)} of the way to
              one correlation for all pairs (Ledoit and Wolf); means are those of the bars.
              {diversification !== null &&
                ` What is held diversifies by ${formatNumber(diversification, { places: 2 })} (1 is none).`}
            </p>
            <Trades report={report} />
          </div>
        </div>
      )}
    </Panel>
  )
}

type Trade = PortfolioReport['trades'][number]

function Trades({ report: { trades, currency, invested, band, suggestion } }: { report: PortfolioReport }) {
  const columns: Column<Trade>[] = [
    { key: 'side', title: 'Trade', render: ({ side }) => side },
    { key: 'instrument', title: 'Instrument', render: ({ instrument }) => instrument },
    {
      key: 'quantity',
      title: 'Quantity',
      numeric: true,
      render: ({ quantity }) => formatDecimal(quantity, { places: 6 }),
    },
    { key: 'worth', title: `Worth, ${currency}`, numeric: true, render: ({ worth }) => money(worth) },
    { key: 'cost', title: 'Costs about', numeric: true, render: ({ cost }) => money(cost) },
  ]
  if (suggestion === null) return null
  if (invested <= 0) {
    return (
      <p>
        Nothing is invested, so there is nothing to trade.{' '}
        <Link to="/desk" className={styles.link}>
          Decide on the Desk ›
        </Link>
      </p>
    )
  }
  if (trades.length === 0) return <p>Every weight is within {formatPercent(band, 0, false)} of the suggested one.</p>
  return (
    <>
      <PanelBody label="Trades to get there, table">
        <DataTable
          label="Trades to get there"
          columns={columns}
          rows={trades}
          rowKey={({ instrument }) => instrument}
        />
      </PanelBody>
      <p className={styles.dim}>
        Whole lots; a weight within {formatPercent(band, 0, false)} of its target is left alone. Nothing of this is
        sent: only decisions trade.
      </p>
    </>
  )
}
