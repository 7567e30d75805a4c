import { existsSync } from 'node:fs'
import type { CaseSuite } from '#test/cases/case.ts'
import { priceCases } from '#test/cases/prices.ts'

// Where the shared cases are: beside the checkout, and no part of the project.
const folder = new URL('../../shared/cases/', import.meta.url)

/** One suite a folder of the cases, or for kinds without a file. Add yours here: a file in test/cases exporting a CaseSuite. */
const suites: Readonly<Record<string, CaseSuite>> = {
  prices: priceCases,
}

/** Runs every case and prints what is right beside what came out; a wrong one makes the exit code 1. */
export async function benchCases({ part }: { readonly part?: string }): Promise<void> {
  if (!existsSync(folder)) {
    console.log(`The shared cases are not at ${folder.pathname}: nothing was checked.`)
    return
  }
  let [right, wrong] = [0, 0]
  for (const [name, suite] of Object.entries(suites)) {
    if (part !== undefined && part !== name) continue
    for (const { name: about, expected, got, isRight } of await suite(folder)) {
      if (isRight) right++
      else wrong++
      console.log(`${isRight ? 'right' : 'WRONG'} | ${about} | ${expected} | ${got}`)
    }
  }
  console.log(`${right} right, ${wrong} wrong`)
  if (wrong > 0) process.exitCode = 1
}
