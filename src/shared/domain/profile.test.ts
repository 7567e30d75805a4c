import { describe, expect, it } from 'vitest'
import { shippedPlanning } from '#test/builders/desk-kernel.ts'
import { planningConfigSchema } from './profile.ts'

/** What the schema says of the shipped configuration with one value changed. */
function refusalOf(path: readonly string[], value: unknown): string | undefined {
  const config = structuredClone(shippedPlanning) as unknown as Record<string, unknown>
  const holder = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, config)
  holder[path.at(-1) ?? ''] = value
  const issue = planningConfigSchema.safeParse(config).error?.issues[0]
  return issue === undefined ? undefined : `${issue.path.join('.')} ${issue.message}`
}

describe('the planning configuration', () => {
  it('alerts over 30 % failures, 90 s, $0.30 and 5 % timeouts, and spends $20 a day at most', () => {
    const { alerts, dailyCostLimitUsd, replanning, enabled } = shippedPlanning
    expect(alerts).toEqual({ failedShare: 0.3, seconds: 90, usd: 0.3, timeoutShare: 0.05 })
    expect(dailyCostLimitUsd).toBe(20)
    expect(replanning).toEqual({ maxReplans: 2, divergence: 0.25, checkEverySeconds: 10, votesAgain: 2 })
    expect(enabled).toBe(true)
  })

  it.each([
    ['conservative', 4, 5, true, ['liquidity_analysis', 'correlation_analysis', 'historical_patterns']],
    ['balanced', 3, 4, true, ['historical_patterns']],
    ['aggressive', 3, 3, false, ['momentum']],
  ] as const)('%s runs %i tasks at once over at least %i sources', (name, parallel, sources, optional, extra) => {
    const profile = shippedPlanning.profiles[name]
    expect(profile).toMatchObject({ parallel, minimumSources: sources, optionalTasks: optional })
    const basic = ['market_sentiment', 'onchain_metrics', 'technical_analysis', 'macro_factors', 'keyword_extraction']
    expect(profile.tasks.toSorted()).toEqual([...basic, ...extra].toSorted())
  })

  it.each([
    [['alerts', 'failedShare'], 30, /^alerts\.failedShare must be from 0 to 1 \(0\.3 is 30 %\)/],
    [['alerts', 'seconds'], 0, /^alerts\.seconds must be from 1 to 86400 s/],
    [['dailyCostLimitUsd'], -1, /^dailyCostLimitUsd must be from 0 to 100000 USD/],
    [['replanning', 'maxReplans'], 1.5, /^replanning\.maxReplans must be a whole number from 0 to 20/],
    [['replanning', 'divergence'], 0, /^replanning\.divergence must be more than 0/],
    [
      ['profiles', 'balanced', 'parallel'],
      'three',
      /^profiles\.balanced\.parallel must be a whole number from 1 to 64/,
    ],
    [['profiles', 'balanced', 'costLimitUsd'], 0, /^profiles\.balanced\.costLimitUsd must be from 0\.0001 to 1000 USD/],
  ])('%s = %s is refused with the range', (path, value, reason) => {
    expect(refusalOf(path, value)).toMatch(reason)
  })

  const custom = (origin: object, about: object = {}) => ({
    title: 'Whales',
    priority: 'high',
    sources: ['whale_watch'],
    estimate: { seconds: 5, usd: 0.01 },
    timeoutSeconds: 10,
    retries: 1,
    freshForSeconds: 3_600,
    ...origin,
    ...about,
  })
  const http = (url: string, about: object = {}) => ({ http: { url, ...about } })

  it.each([
    [custom(http('https://example.test/{instrument}', { pointer: '/data/0', headers: { 'X-Key': 'WHALE_KEY' } }))],
    [custom({ script: { command: './whales', args: ['--fast'] } })],
  ])('a custom task may be added', (task) => {
    expect(refusalOf(['tasks', 'whales'], task)).toBeUndefined()
  })

  it.each([
    [custom(http('ftp://example.test')), /http\.url must be an http or https address/],
    [custom(http('https://{base}.example.test')), /names its host plainly/],
    [custom(http('https://me:secret@example.test')), /names its host plainly/],
    [custom(http('https://example.test/{account}')), /holds "\{account\}"/],
    [custom(http('https://example.test', { pointer: 'data' })), /JSON pointer/],
    [
      custom(http('https://example.test', { headers: { 'X-Key': 'a-real-key' } })),
      /environment variable, not hold a key/,
    ],
    [custom({ ...http('https://example.test'), script: { command: 'whales' } }), /script stands beside http/],
    [custom({ script: { command: 'whales' } }, { sources: ['price_data'] }), /"price_data" is the desk's own/],
    [custom({ script: { command: 'whales' } }, { sources: ['a', 'b'] }), /must name one source/],
  ])('a custom task that cannot work is refused with the reason', (task, reason) => {
    expect(refusalOf(['tasks', 'whales'], task)).toMatch(reason)
  })

  it.each(['validate', 'Whales', 'my task', '1st', 'debate-1-bull'])('no task may be called "%s"', (name) => {
    expect(refusalOf(['tasks', name], custom({ script: { command: 'whales' } }))).toMatch(`tasks.${name} `)
  })

  it('what lies within the ranges is taken', () => {
    expect(refusalOf(['alerts', 'failedShare'], 1)).toBeUndefined()
    expect(refusalOf(['replanning', 'maxReplans'], 0)).toBeUndefined()
  })
})
