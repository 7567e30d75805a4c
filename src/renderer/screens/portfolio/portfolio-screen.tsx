import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { Screen } from '#renderer/ui/panel.tsx'
import { PerpetualsPanel } from '#renderer/ui/perpetuals-panel.tsx'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { type PortfolioQuestion, portfolioQuestionSchema } from '#shared/domain/portfolio-report.ts'
import { AskedFor } from './asked-for.tsx'
import { Choices } from './choices.tsx'
import { Holdings } from './holdings.tsx'
import styles from './portfolio-screen.module.css'
import { Suggestion } from './suggestion.tsx'
import { Views } from './views.tsx'

const readEveryMs = 10_000

/** What is held, what could be, and how to get there. */
export function PortfolioScreen() {
  const { orpc } = useDesk()
  const [asked, setAsked] = useState<PortfolioQuestion>(portfolioQuestionSchema.parse({}))
  const { goal: _, ...limits } = asked
  const portfolio = useQuery(
    orpc.portfolio.allocation.queryOptions({
      input: asked,
      refetchInterval: readEveryMs,
      placeholderData: keepPreviousData,
    }),
  )
  return (
    <Screen title="Portfolio" tools={<AskedFor asked={asked} onChange={setAsked} />}>
      <div className={styles.panels}>
        {portfolio.isError ? (
          <ErrorState
            title="The portfolio could not be read"
            error={portfolio.error}
            effect="Positions are unaffected."
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
            {portfolio.data.goal === 'black-litterman' && <Views report={portfolio.data} />}
            <Suggestion report={portfolio.data} />
            <Choices limits={limits} />
          </>
        )}
      </div>
    </Screen>
  )
}
