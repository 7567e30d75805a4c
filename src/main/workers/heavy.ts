import { readOpenPatterns } from '#engine/market/open-patterns.ts'
import { readRegime } from '#engine/market/regimes.ts'
import { paretoChoices } from '#engine/portfolio/pareto-choices.ts'
import { importBars } from './import-bars.ts'

/** Everything that the desk computes on worker threads; the names are what errors call it. */
export const heavyTable = { readRegime, readOpenPatterns, paretoChoices, importBars }
