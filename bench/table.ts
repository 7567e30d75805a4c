/** One line of a benchmark: what was measured, and how many a second it did. */
export interface BenchRow {
  readonly name: string
  readonly perSecond: number
}

/** Prints rows as a table with whole numbers, aligned, under a title. */
export function printTable(title: string, rows: readonly BenchRow[]): void {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const lines = rows.map(({ name, perSecond }) => {
    const figure = Math.round(perSecond).toLocaleString('en-US')
    return `  ${name.padEnd(width)}  ${figure.padStart(12)} /s`
  })
  console.log([title, ...lines].join('\n'))
}
