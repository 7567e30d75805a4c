import { describe, expect, it } from 'vitest'
import { planningConfigSchema } from '#shared/domain/profile.ts'
import { customWords, profileRows } from './planning-view.ts'

const task = (title: string, about: object = {}) => ({
  title,
  priority: 'high',
  sources: ['its_own'],
  estimate: { seconds: 5, usd: 0.01 },
  timeoutSeconds: 10,
  retries: 1,
  freshForSeconds: 3_600,
  ...about,
})
const profile = (optionalTasks: boolean) => ({
  tasks: ['momentum', 'keywords'],
  optionalTasks,
  parallel: 3,
  minimumSources: 1,
  costLimitUsd: 0.3,
  debateRounds: 2,
  riskPerTrade: 0.01,
  maximumPosition: 0.2,
  threshold: 0.6,
})
const planning = planningConfigSchema.parse({
  enabled: true,
  alerts: { failedShare: 0.3, seconds: 90, usd: 0.3, timeoutShare: 0.05 },
  dailyCostLimitUsd: 20,
  replanning: { maxReplans: 2, divergence: 0.25, checkEverySeconds: 10, votesAgain: 2 },
  execution: {
    algorithm: 'auto',
    atOnceShare: 0.01,
    participation: 0.1,
    leastMinutes: 2,
    mostMinutes: 30,
    leastSecondsApart: 15,
    riskAversion: 0,
  },
  tasks: {
    momentum: task('Momentum'),
    keywords: task('Keywords', { optional: true }),
    whales: task('Whales', { http: { url: 'https://api.example.com/a/{base}' } }),
    house: task('House', { script: { command: './house' } }),
  },
  profiles: { conservative: profile(true), balanced: profile(true), aggressive: profile(false) },
})

describe('planning in the settings', () => {
  it('shows what each profile really runs', () => {
    expect(profileRows(planning).map(({ tasks }) => tasks.join())).toEqual([
      'Momentum,Keywords',
      'Momentum,Keywords',
      'Momentum',
    ])
    expect(profileRows({ ...planning, enabled: false }).map(({ parallel }) => parallel)).toEqual([1, 1, 1])
  })

  it('names whom a custom task asks', () => {
    expect(customWords(planning)).toEqual(['Whales asks api.example.com', 'House runs ./house'])
  })
})
