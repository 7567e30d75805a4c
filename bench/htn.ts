import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readHddl } from '#engine/planning/lab/hddl/reader.ts'
import { verifyPlan } from '#engine/planning/lab/hddl/verify.ts'
import { solveHddl } from '#engine/planning/lab/search/solve.ts'

export interface BenchHtnOptions {
  /** With total-order and partial-order, a folder of HDDL problems (domain.hddl, *.hddl) a domain; default the reference's. */
  readonly folder?: string
  /** Seconds a problem; default 60, the reference's measure. */
  readonly seconds?: number
  /** Plans longer than this are not checked; default 20,000. */
  readonly checkUpTo?: number
}

/**
 * Problems solved in 2020, half an hour each (fractions: means over several seeds). Total order: the competition's table as
 * HyperTensioN's authors print it; partial order: the problems for which the competition's archive holds any plan.
 */
const published: Readonly<Record<string, string>> = {
  'total-order/Towers': 'HyperTensioN 17, PDDL4J-TO 16, Lilotane 10',
  'total-order/Transport': 'HyperTensioN 40, Lilotane 35, PDDL4J-TO 33.2',
  'partial-order/Transport': 'all planners together 22',
}

interface Row {
  readonly domain: string
  solved: number
  unsolvable: number
  of: number
  wrong: number
  readonly ms: number[]
}

/**
 * Coverage on the problems of the 2020 competition: for each domain how many are solved within the time, how many are
 * shown to have no plan, the median milliseconds of the solved ones, and how many plans the checker finds wrong.
 */
export function benchHtn(options: BenchHtnOptions = {}): void {
  const reference = join(import.meta.dirname, '../../shared/reference/htn/ipc2020')
  const rows: Row[] = []
  for (const track of ['total-order', 'partial-order']) {
    const folder = join(options.folder ?? reference, track)
    if (!existsSync(folder)) continue
    for (const domain of readdirSync(folder).sort())
      rows.push(benchDomain(join(folder, domain), `${track}/${domain}`, options))
  }
  const median = (ms: number[]) => ms.sort((a, b) => a - b)[Math.floor(ms.length / 2)] ?? Number.NaN
  console.table(
    rows.map(({ domain, solved, unsolvable, of, wrong, ms }) => ({
      domain,
      solved,
      unsolvable,
      of,
      wrong,
      'median ms': Math.round(median(ms)),
      'longest ms': Math.round(Math.max(...ms)),
      'solved in 2020': published[domain] ?? '',
    })),
  )
}

function benchDomain(folder: string, name: string, options: BenchHtnOptions): Row {
  const row: Row = { domain: name, solved: 0, unsolvable: 0, of: 0, wrong: 0, ms: [] }
  const files = readdirSync(folder).filter((file) => file.endsWith('.hddl') && !file.includes('domain'))
  for (const file of files.sort()) {
    // One domain for all problems, or one of its own for each (p01-domain.hddl).
    const own = join(folder, file.replace('.hddl', '-domain.hddl'))
    const domainText = readFileSync(existsSync(own) ? own : join(folder, 'domain.hddl'), 'utf8')
    const problemText = readFileSync(join(folder, file), 'utf8')
    const started = performance.now()
    const problem = readHddl(domainText, problemText)
    const result = solveHddl(problem, { stop: () => performance.now() - started > (options.seconds ?? 60) * 1000 })
    row.of++
    if (result.status === 'unsolvable') row.unsolvable++
    if (result.status !== 'solved') continue
    row.ms.push(performance.now() - started)
    row.solved++
    if (result.plan.length > (options.checkUpTo ?? 20_000)) continue
    if (verifyPlan(problem, result.decomposition()).length > 0) row.wrong++
  }
  return row
}
