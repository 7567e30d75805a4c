import { Select } from '@mantine/core'
import {
  type PortfolioGoal,
  type PortfolioQuestion,
  portfolioGoalSchema,
  portfolioGoals,
} from '#shared/domain/portfolio-report.ts'
import { profileNameSchema, profileNames } from '#shared/domain/profile.ts'

export const goalWords: Readonly<Record<PortfolioGoal, { readonly title: string; readonly about: string }>> = {
  'risk-parity': {
    title: 'Risk parity',
    about: 'Every instrument adds the same to the risk. It needs no forecast of returns.',
  },
  'hierarchical-risk-parity': {
    title: 'Hierarchical risk parity',
    about:
      'Instruments that move alike share a branch, and branches share the risk. It needs no forecast of returns and bends to no limit.',
  },
  'minimum-variance': {
    title: 'Least variance',
    about: 'The least volatility there is. It needs no forecast of returns.',
  },
  'least-cvar': {
    title: 'Mildest bad days',
    about: 'The least mean loss on the worst twentieth of these bars (CVaR at 95 %). It needs no forecast of returns.',
  },
  'maximum-sharpe': {
    title: 'Most return for the risk',
    about: 'The most mean return for its volatility. Past means forecast badly: take it with care.',
  },
  'mean-variance': {
    title: 'Past means, with cash',
    about:
      'Past means less the price of variance and of trading, at most the profile’s largest position of each. Past means forecast badly: take it with care.',
  },
  'black-litterman': {
    title: 'The desk’s views, with cash',
    about:
      'What the optimizer votes by: the market’s drift, tilted by each view as far as it is sure (Black and Litterman), less the price of variance and of trading, at most the profile’s largest position of each.',
  },
}

/** Goals that weigh the equity, and go by a profile. */
const isWithCash = (goal: PortfolioGoal) => goal === 'mean-variance' || goal === 'black-litterman'

const shares = (values: readonly number[], words: string) =>
  values.map((value) => ({ value: String(value), label: `${words} ${Math.round(100 * value)} %` }))

interface AskedForProps {
  asked: PortfolioQuestion
  onChange: (asked: PortfolioQuestion) => void
}

/** What the suggestion is for, and the limits that it keeps to. */
export function AskedFor({ asked, onChange }: AskedForProps) {
  const { goal, profile, maximumWeight, maximumTurnover } = asked
  const share = (value: string | null) => (value === null ? undefined : Number(value))
  return (
    <>
      <Select
        aria-label="What the suggestion is for"
        size="xs"
        w={216}
        allowDeselect={false}
        value={goal}
        onChange={(value) => onChange({ ...asked, goal: portfolioGoalSchema.parse(value) })}
        data={portfolioGoals.map((value) => ({ value, label: goalWords[value].title }))}
      />
      {isWithCash(goal) && (
        <Select
          aria-label="Whose aversion to risk"
          size="xs"
          w={128}
          allowDeselect={false}
          value={profile}
          onChange={(value) => onChange({ ...asked, profile: profileNameSchema.parse(value) })}
          data={[...profileNames]}
        />
      )}
      <Select
        aria-label="Largest weight of one instrument"
        placeholder="Any weight"
        size="xs"
        w={140}
        clearable
        value={maximumWeight === undefined ? null : String(maximumWeight)}
        onChange={(value) => onChange({ ...asked, maximumWeight: share(value) })}
        data={shares([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 'at most')}
      />
      <Select
        aria-label="Largest share that changes hands"
        placeholder="Any turnover"
        size="xs"
        w={152}
        clearable
        value={maximumTurnover === undefined ? null : String(maximumTurnover)}
        onChange={(value) => onChange({ ...asked, maximumTurnover: share(value) })}
        data={shares([0.05, 0.1, 0.2, 0.3, 0.5], 'turnover to')}
      />
    </>
  )
}
