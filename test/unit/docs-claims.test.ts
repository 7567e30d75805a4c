import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { voters } from '#engine/desk/planning/decide-domain.ts'
import { indicators } from '#engine/market/indicators/catalogue.ts'
import { usualCoolDownMs } from '#engine/trading/gate/cool-down.ts'
import { seats, votingSeats } from '#shared/domain/agent.ts'
import { mandateSchema } from '#shared/domain/mandate.ts'
import { planningConfigSchema, profileNameSchema } from '#shared/domain/profile.ts'
import { reviewPolicySchema } from '#shared/domain/review.ts'
import { deskProjections } from '#store/projections/index.ts'

// What the documents say of the code and that can be looked up there: counts, defaults, files, and what has no code.

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const shipped = (name: string): unknown => parse(read(`resources/config/${name}`))
const sources = globSync('src/main/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'))

const architecture = read('docs/architecture.md')
const guide = read('docs/user-guide.md')
const recovery = read('docs/runbooks/recovery.md')
const stop = read('docs/runbooks/stop.md')
const planning = planningConfigSchema.parse(shipped('planning.yaml'))
const mandate = mandateSchema.parse(shipped('mandate.yaml'))
const review = reviewPolicySchema.parse(shipped('review.yaml'))

const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
const counted = (count: number) => words[count] ?? String(count)
const grouped = (amount: string) => Number(amount).toLocaleString('en-US')

describe('the architecture', () => {
  const [, table = ''] = architecture.split('## The rooms')
  const rows = [...table.matchAll(/^\| (`[^|]+) \| (.+?) \|/gm)].map(([, rooms = '', today = '']) => ({
    rooms: [...rooms.matchAll(/`([\w/-]+)`/g)].flatMap(([, room]) => room ?? []),
    today,
  }))
  const hasCode = (room: string) =>
    ['src', 'src/main'].some((base) => globSync(`${base}/${room}{.ts,/**/*.ts,/**/*.tsx}`, { cwd: root }).length > 0)

  it('calls those rooms planned that have no code, and no others', () => {
    expect(rows.length).toBeGreaterThan(20)
    const isPlanned = (today: string) => today.startsWith('**Planned.**')
    const wrong = rows.flatMap(({ rooms, today }) => rooms.filter((room) => hasCode(room) === isPlanned(today)))
    expect(wrong).toEqual([])
  })

  it('counts seats, research tasks and projections as they are', () => {
    expect(architecture).toContain(`${counted(seats.length)} seats`)
    const readers = readdirSync(join(root, 'src/main/engine/agents/research')).length
    expect(Object.keys(planning.tasks).length).toBeLessThanOrEqual(readers)
    expect(architecture).toContain(`${counted(Object.keys(planning.tasks).length)} research tasks`)
    expect(architecture).toContain(`${counted(deskProjections.length)} projections`)
    expect(architecture).toContain(`${counted(voters.length)} ballots at once`)
  })

  it('says of indicators no more than there are', () => {
    const least = { sixty: 60, seventy: 70, eighty: 80 }
    const [, word] = /Over (\w+) indicators/.exec(architecture) ?? []
    const number = least[word as keyof typeof least]
    expect(Object.keys(indicators).length).toBeGreaterThan(number)
  })
})

describe('the user guide', () => {
  it('gives the profiles as they are shipped', () => {
    const percent = (share: number) => `${Number((share * 100).toFixed(2))} %`
    const profiles = profileNameSchema.options.map((name) => planning.profiles[name])
    const row = (title: string, cells: readonly (string | number)[]) => `| ${title} | ${cells.join(' | ')} |`
    expect(guide).toContain(
      row(
        'research tasks',
        profiles.map(
          ({ tasks, optionalTasks }) =>
            tasks.filter((task) => optionalTasks || planning.tasks[task]?.optional !== true).length,
        ),
      ),
    )
    expect(guide).toContain(
      row(
        'at the same time',
        profiles.map(({ parallel }) => parallel),
      ),
    )
    expect(guide).toContain(
      row(
        'rounds of debate',
        profiles.map(({ debateRounds }) => debateRounds),
      ),
    )
    for (const { threshold } of profiles) expect(guide).toContain(percent(threshold))
  })

  it('gives the limits as they are shipped', () => {
    const limits = [
      mandate.maximumOrderNotional,
      mandate.maximumExposure,
      mandate.maximumDailyLoss,
      mandate.maximumValueAtRisk ?? '0',
      mandate.maximumExpectedShortfall ?? '0',
    ]
    expect(limits.filter((amount) => !guide.includes(grouped(amount)))).toEqual([])
    expect(guide).toContain(`${counted(mandate.ordersPerMinute)} orders a minute`)
    expect(guide).toContain(`\`maximumLeverage\` (${mandate.maximumLeverage})`)
    expect(guide).toContain(`\`liquidationBuffer\` (${mandate.liquidationBuffer})`)
  })

  it('says how long a review waits on paper, and which move of the price voids it', () => {
    expect(guide).toContain(`(${review.expiresAfterSeconds.paper / 60} minutes)`)
    expect(guide).toMatch(new RegExp(`${review.driftLimitBps} basis\\s+points`))
    expect(guide).toContain(`over ${review.hardAboveDisagreement * 100} %`)
  })

  it('names as many seats that vote as there are', () => {
    expect(guide.toLowerCase()).toContain(`${counted(votingSeats.length)} seats vote`)
  })
})

describe('the runbooks', () => {
  it('recovery lists every file that the desk keeps in its data folder', () => {
    const kept = new Set(
      sources.flatMap((path) =>
        [
          ...read(path).matchAll(/join\(home, '([\w.-]+)'/g),
          ...read(path).matchAll(/readConfig\('([\w.-]+)'/g),
        ].flatMap(([, name]) => name ?? []),
      ),
    )
    expect(kept.size).toBeGreaterThan(12)
    const named = (name: string) => recovery.includes(`\`${name}`)
    expect([...kept].filter((name) => !named(name))).toEqual([])
  })

  it('every shipped file of configuration can be copied, and recovery names it', () => {
    const files = readdirSync(join(root, 'resources/config'))
    expect(files.filter((name) => !recovery.includes(`\`${name}\``))).toEqual([])
  })

  it('stop says how long the cool-down is', () => {
    expect(stop).toContain(`${usualCoolDownMs / 1_000} seconds since the halt`)
  })
})

describe('the README', () => {
  const readme = read('README.md')
  const [, missing = ''] = readme.split('## What it does not do yet')

  it('denies nothing that is there', () => {
    const built: readonly (readonly [claim: RegExp, file: string])[] = [
      [/no protective order/i, 'src/main/engine/trading/protection/protection.ts'],
      [/no short selling/i, 'src/main/engine/trading/margin/margin-account.ts'],
      [/weights (and parameters )?stay as they are/i, 'src/main/engine/consensus/learned-combination.ts'],
      [/nothing is backtested/i, 'src/main/engine/backtest'],
      [/belief states\s+are planned/i, 'src/main/engine/belief'],
    ]
    const denied = built.filter(([claim, file]) => claim.test(missing) && existsSync(join(root, file)))
    expect(denied.map(([, file]) => file)).toEqual([])
  })
})
