import { Select } from '@mantine/core'
import { goalWords } from '#renderer/ui/portfolio-goals.ts'
import { type PortfolioGoal, portfolioGoalSchema, portfolioGoals } from '#shared/domain/portfolio-goal.ts'
import type { PortfolioQuestion } from '#shared/domain/portfolio-report.ts'
import { profileNameSchema, profileNames } from '#shared/domain/profile.ts'

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
        aria-label="Goal"
        size="xs"
        w={216}
        allowDeselect={false}
        value={goal}
        onChange={(value) => onChange({ ...asked, goal: portfolioGoalSchema.parse(value) })}
        data={portfolioGoals.map((value) => ({ value, label: goalWords[value].title }))}
      />
      {isWithCash(goal) && (
        <Select
          aria-label="Risk profile"
          size="xs"
          w={128}
          allowDeselect={false}
          value={profile}
          onChange={(value) => onChange({ ...asked, profile: profileNameSchema.parse(value) })}
          data={[...profileNames]}
        />
      )}
      <Select
        aria-label="Maximum weight per instrument"
        placeholder="Any weight"
        size="xs"
        w={140}
        clearable
        value={maximumWeight === undefined ? null : String(maximumWeight)}
        onChange={(value) => onChange({ ...asked, maximumWeight: share(value) })}
        data={shares([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 'at most')}
      />
      <Select
        aria-label="Maximum turnover"
        placeholder="Any turnover"
        size="xs"
        w={152}
        clearable
        value={maximumTurnover === undefined ? null : String(maximumTurnover)}
        onChange={(value) => onChange({ ...asked, maximumTurnover: share(value) })}
        data={shares([0.05, 0.1, 0.2, 0.3, 0.5], 'turnover up to')}
      />
    </>
  )
}
