import type { Command } from 'commander'
import { usualConfidence } from '#engine/portfolio/confidence-levels.ts'
import { systemClock } from '#main/compose/system.ts'
import { type Decimal, decimal, roundToStep } from '#shared/lib/decimal.ts'
import { anyNumber, jsonOption, wholeNumber } from './options.ts'
import { describeTerminal, print, textTable } from './terminal.ts'

// What each command computes is loaded when it is asked for: it starts without the others.

/** `parley lab ...`: each of the desk's sciences by itself, on files. */
export function labCommand(program: Command): void {
  const lab = program.command('lab').description("the desk's sciences one by one, on files")
  htn(lab)
  schedule(lab)
  power(lab)
  indicatorsCommand(lab)
  patterns(lab)
  sentiment(lab)
  risk(lab)
  frontier(lab)
  execution(lab)
  route(lab)
  stats(lab)
}

interface Json {
  readonly json?: true
}

function htn(lab: Command): void {
  lab
    .command('htn')
    .description('plan for an HDDL domain and problem')
    .argument('<domain>')
    .argument('<problem>')
    .option('--seconds <number>', 'how long to search', anyNumber({ positive: true }), 60)
    .addOption(jsonOption())
    .action(async (domain: string, problem: string, { seconds, json }: Json & { seconds: number }) => {
      const { labHtn } = await import('./lab-htn.ts')
      const { readInput } = await import('./input-file.ts')
      const result = labHtn(readInput(domain), readInput(problem), { seconds }, systemClock)
      if (json) printJsonLine(result)
      else {
        print(`${result.status}, ${result.plan.length} steps, ${Math.round(result.ms)} ms`)
        for (const [index, step] of result.plan.entries()) print(`${String(index + 1).padStart(4)}  ${step.join(' ')}`)
      }
    })
}

interface ScheduleOptions extends Json {
  readonly schedules?: number
  readonly seconds?: number
  readonly seed: number
}

function schedule(lab: Command): void {
  lab
    .command('schedule')
    .description('schedule problems from PSPLIB .sm, .rcp or .tar.gz files')
    .argument('<files...>')
    .option('--schedules <number>', 'how many schedules to make for each problem', wholeNumber(1))
    .option('--seconds <number>', 'how long to try for each problem', anyNumber({ positive: true }))
    .option('--seed <number>', 'the same seed and number of schedules give the same answer', wholeNumber(), 1)
    .addOption(jsonOption())
    .action(async (files: string[], { json, ...limits }: ScheduleOptions) => {
      const { describeScheduleLine, labSchedule } = await import('./lab-schedule.ts')
      const { readScheduleFiles } = await import('./schedule-files.ts')
      const now = () => systemClock.monotonic()
      for (const line of labSchedule(readScheduleFiles(files), { ...limits, now })) {
        if (json) printJsonLine(line)
        else print(describeScheduleLine(line))
      }
    })
}

function power(lab: Command): void {
  lab
    .command('power')
    .description('the exact power of each voter in a weighted vote')
    .requiredOption('--quota <number>', 'the weight that carries a vote')
    .requiredOption('--weights <numbers>', 'the weights, with commas between them')
    .addOption(jsonOption())
    .action(async ({ quota, weights, json }: Json & { quota: string; weights: string }) => {
      const { labPower } = await import('./lab-power.ts')
      const result = labPower(quota, weights)
      if (json) return printJsonLine(result)
      const rows = weights
        .split(',')
        .map((weight, at) => [
          weight,
          result.swings[at] ?? '',
          result.banzhaf[at] ?? '',
          result.shapleyShubik[at] ?? '',
        ])
      printTable([['weight', 'swings', 'Banzhaf', 'Shapley-Shubik'], ...rows])
    })
}

interface IndicatorOptions extends Json {
  readonly indicator: string
  readonly params?: string[]
  readonly instrument?: string
}

function indicatorsCommand(lab: Command): void {
  lab
    .command('indicators')
    .description('an indicator over the bars of a price file, oldest first')
    .argument('<file>')
    .requiredOption('--indicator <name>', 'for instance rsi, macd, bollinger')
    .option('--params <values...>', 'its parameters, for instance period=14')
    .option('--instrument <symbol>', 'which instrument, where the file holds several')
    .addOption(jsonOption())
    .action(async (file: string, { indicator, params = [], instrument, json }: IndicatorOptions) => {
      const { labIndicators } = await import('./lab-market.ts')
      const { orderParameters } = await import('./indicator-parameters.ts')
      const { readBarFile } = await import('./lab-files.ts')
      const series = readBarFile(file, instrument)
      const given = params.flatMap((text) => text.split(',')).filter((text) => text !== '')
      const parameters = orderParameters(indicator, given)
      const text = parameters.length === 0 ? indicator : `${indicator}:${parameters.join(',')}`
      const computed = labIndicators(series, [text])[text] ?? {}
      const columns = Object.fromEntries(
        Object.entries(computed).map(([name, values]) => [name === 'value' ? indicator : name, values]),
      )
      if (json) return printJsonLine({ columns })
      const names = Object.keys(columns)
      const rows = Array.from(series.time, (time, row) => [
        new Date(time).toISOString().slice(0, 16).replace('T', ' '),
        ...names.map((name) => figure(columns[name]?.[row])),
      ])
      printTable([['time (UTC)', ...names], ...rows])
    })
}

function patterns(lab: Command): void {
  lab
    .command('patterns')
    .description('candlestick and chart patterns in a price file')
    .argument('<file>')
    .option('--instrument <symbol>', 'which instrument, where the file holds several')
    .addOption(jsonOption())
    .action(async (file: string, { instrument, json }: Json & { instrument?: string }) => {
      const { labPatterns } = await import('./lab-market.ts')
      const { readBarFile } = await import('./lab-files.ts')
      const result = labPatterns(readBarFile(file, instrument))
      if (json) return printJsonLine(result)
      print(`${result.candlesticks.length} candlestick and ${result.charts.length} chart patterns`)
      for (const hit of [...result.candlesticks, ...result.charts]) print(`  ${JSON.stringify(hit)}`)
    })
}

interface SentimentOptions extends Json {
  readonly column?: string
  readonly lexicon?: string
  readonly emoji?: string
}

function sentiment(lab: Command): void {
  lab
    .command('sentiment')
    .description('score the texts of a tab-separated file')
    .argument('<file>')
    .option('--column <name>', 'the column of the texts (default: "text", else the last one)')
    .option('--lexicon <file>', "words in VADER's format, instead of the finance lexicon")
    .option('--emoji <file>', 'what emoji mean, with --lexicon')
    .addOption(jsonOption())
    .action(async (file: string, { column, lexicon, emoji, json }: SentimentOptions) => {
      const { labSentiment } = await import('./lab-market.ts')
      const { readTextsFile: readTexts } = await import('./lab-files.ts')
      const { readInput } = await import('./input-file.ts')
      const emojiFile = emoji === undefined ? {} : { emoji: readInput(emoji) }
      const files = lexicon === undefined ? undefined : { lexicon: readInput(lexicon), ...emojiFile }
      const texts = labSentiment(readTexts(file, column), files)
      if (json) return printJsonLine({ texts })
      printTable([
        ['score', 'words', 'text'],
        ...texts.map(({ score, hits, text }) => [score.toFixed(4), String(hits), text]),
      ])
    })
}

interface RiskOptions extends Json {
  readonly column: string
  readonly periodsPerYear: number
  readonly confidence: number
}

function risk(lab: Command): void {
  lab
    .command('risk')
    .description('performance and tail risk of a column of returns')
    .argument('<file>')
    .requiredOption('--column <name>', 'the column of simple returns, as fractions')
    .requiredOption('--periods-per-year <number>', '12 for months, 252 for days', anyNumber({ positive: true }))
    .option(
      '--confidence <share>',
      'of value at risk and expected shortfall',
      anyNumber({ positive: true }),
      usualConfidence,
    )
    .addOption(jsonOption())
    .action(async (file: string, { column, periodsPerYear, confidence, json }: RiskOptions) => {
      const { labRisk } = await import('./lab-portfolio.ts')
      const { readColumn } = await import('./lab-files.ts')
      const result = labRisk(readColumn(file, column), periodsPerYear, confidence)
      if (json) return printJsonLine(result)
      const rows = Object.entries(result).flatMap(([name, value]) =>
        typeof value === 'object' && value !== null
          ? Object.entries(value).map(([method, number]) => [`${name}, ${method}`, figure(number)])
          : [[name, figure(value)]],
      )
      printTable(rows)
    })
}

function frontier(lab: Command): void {
  lab
    .command('frontier')
    .description("the efficient frontier of a problem in OR-Library's format, long only")
    .argument('<file>')
    .option('--returns <file>', 'the returns at which to give it, one a line')
    .option('--points <number>', 'how many even points to give without --returns', wholeNumber(2), 50)
    .addOption(jsonOption())
    .action(async (file: string, { returns, points, json }: Json & { returns?: string; points: number }) => {
      const { labFrontier, readOrLibrary } = await import('./lab-portfolio.ts')
      const { readReturnsFile: readReturns } = await import('./lab-files.ts')
      const { readInput } = await import('./input-file.ts')
      const { expected, covariances } = readOrLibrary(readInput(file))
      const result = labFrontier(
        expected,
        covariances,
        returns === undefined ? { points } : { returns: readReturns(returns) },
      )
      const found = result.points.map(({ expectedReturn, variance }) => ({ return: expectedReturn, variance }))
      if (json) return printJsonLine({ points: found })
      printTable([['return', 'variance'], ...found.map((point) => [figure(point.return), figure(point.variance)])])
    })
}

function route(lab: Command): void {
  lab
    .command('route')
    .description('how much of an order goes to which of several venues, at what cost with fees')
    .argument('<file>', 'side, quantity and venues with their books and fees as JSON')
    .addOption(jsonOption())
    .action(async (file: string, { json }: Json) => {
      const { labRoute } = await import('./lab-route.ts')
      const { readInput } = await import('./input-file.ts')
      const result = labRoute(readInput(file))
      if (json) return printJsonLine(result)
      // A mean price has as many digits as a division gives.
      const price = (exact: Decimal) => roundToStep(exact, decimal('0.00000001'), 'nearest')
      printTable([
        ['venue', 'quantity', 'average price', 'fee', 'limit'],
        ...result.parts.map((part) => [part.venue, part.quantity, price(part.averagePrice), part.fee, part.limitPrice]),
      ])
      const cost = result.costBps === null ? '' : `, ${figure(result.costBps)} bp from the middle`
      print(
        `${result.quantity} at ${result.netPrice === null ? 'no price' : price(result.netPrice)} with fees${cost}; ${result.unrouted} left`,
      )
    })
}

function execution(lab: Command): void {
  lab
    .command('execution')
    .description('the optimal schedule of a large order')
    .command('almgren-chriss')
    .description('after Almgren and Chriss (2000), linear impact')
    .requiredOption('--params <file>', 'quantity, horizon, slices, volatility and impact as JSON')
    .requiredOption('--lambda <number>', 'risk aversion; 0 is an even pace', anyNumber())
    .addOption(jsonOption())
    .action(async ({ params, lambda, json }: Json & { params: string; lambda: number }) => {
      const { labAlmgrenChriss } = await import('./lab-portfolio.ts')
      const { readImpactModel } = await import('./lab-files.ts')
      const [result] = labAlmgrenChriss(readImpactModel(params), [lambda])
      if (json || result === undefined) return printJsonLine(result)
      const { holdings, trades, expectedCost, variance, urgency } = result
      print(`expected cost ${figure(expectedCost)}, variance ${figure(variance)}, urgency ${figure(urgency)}`)
      printTable([
        ['slice', 'trade', 'left'],
        ...trades.map((trade, slice) => [String(slice + 1), figure(trade), figure(holdings[slice + 1])]),
      ])
    })
}

function stats(lab: Command): void {
  lab
    .command('stats')
    .description('a statistical test on data in a JSON file')
    .argument('<file>')
    .addOption(jsonOption())
    .action(async (file: string, { json }: Json) => {
      const { labStats } = await import('./lab-stats.ts')
      const { readStatsRequest } = await import('./lab-files.ts')
      const result = labStats(readStatsRequest(file))
      if (json) return printJsonLine(result)
      printTable(Object.entries(result as object).map(([name, value]) => [name, figure(value)]))
    })
}

function printJsonLine(value: unknown): void {
  print(JSON.stringify(value))
}

function printTable(rows: readonly (readonly string[])[]): void {
  const { columns } = describeTerminal()
  const align = (rows.at(-1) ?? []).map((cell, at): 'left' | 'right' =>
    at > 0 && /^-?[\d.,/]+$/.test(cell) ? 'right' : 'left',
  )
  print(textTable(rows, { columns, indent: 0, align }))
}

function figure(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(8)))
  return value === null || value === undefined ? 'unavailable' : JSON.stringify(value)
}
