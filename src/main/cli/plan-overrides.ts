import type { Config } from '#main/config/config.ts'
import { overrideWords } from '#shared/domain/config-override.ts'

/** The values of the data folder's own file that are in force; empty where there are none. */
export function planOverridesText({ file, overrides }: Pick<Config<unknown>, 'file' | 'overrides'>): string {
  if (file === undefined || overrides.length === 0) return ''
  return [`OVERRIDES  ${file}`, ...overrides.map((override) => `  ${overrideWords(override)}`)].join('\n')
}
