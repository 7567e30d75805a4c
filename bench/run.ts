import { existsSync } from 'node:fs'
import { arch, cpus, release, type } from 'node:os'
import { join } from 'node:path'

// npm run bench -- journal contract: runs the sections that are named, or the usual ones, which take a few minutes
// together. By name only: schedule (half an hour), hindsight, soak (--minutes=10) and start (needs a build). A section is a
// file in this folder that exports bench<Name>, which measures and prints its own table; schedule-j120 is the part j120 of
// schedule.

const usual = [
  'journal',
  'bus',
  'contract',
  'frontier',
  'value-at-risk',
  'matching',
  'indicators',
  'executor',
  'htn',
  'turns',
  'decision',
]
const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'))

console.log(
  `${type()} ${release()} ${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
)
for (const asking of asked.length > 0 ? asked : usual) {
  const [name = '', part] = isSection(asking) ? [asking] : asking.split('-')
  if (!isSection(name)) {
    console.log(`\nThere is no section "${asking}".`)
    process.exitCode = asked.length > 0 ? 1 : 0
    continue
  }
  const section: Record<string, unknown> = await import(fileOf(name))
  const bench = section[`bench${name.replace(/(^|-)(.)/g, (_, _dash, letter: string) => letter.toUpperCase())}`]
  if (typeof bench !== 'function') throw new Error(`bench/${name}.ts exports no section.`)
  console.log('')
  await bench(part === undefined ? {} : { part })
}

function fileOf(name: string): string {
  return join(import.meta.dirname, `${name}.ts`)
}

function isSection(name: string): boolean {
  return /^[a-z-]+$/.test(name) && existsSync(fileOf(name))
}
