import type { Config } from '#main/config.ts'

/** The values of the data folder's own file that are in force, each beside the shipped one; empty where there are none. */
export function overridesText({ file, overrides }: Pick<Config<unknown>, 'file' | 'overrides'>): string {
  if (file === undefined || overrides.length === 0) return ''
  const lines = overrides.map(({ path, value, shipped }) => {
    const before = shipped === undefined ? 'new' : `shipped: ${JSON.stringify(shipped)}`
    return `  ${path.join('.')}: ${JSON.stringify(value)} (${before})`
  })
  return [`OVERRIDES  ${file}`, ...lines].join('\n')
}
