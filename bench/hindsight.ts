import { profileNames } from '#shared/domain/profile.ts'
import { besideHindsight, days } from '#test/builders/hindsight.ts'

const runs = 1_000

/** Prints how much later than the best schedule found with hindsight the research of each profile ends, over seeded days. */
export async function benchHindsight(): Promise<void> {
  console.log(`Research runs beside the best schedule found with hindsight, ${runs} seeds each`)
  for (const [name, day] of Object.entries(days)) {
    const noise = `durations log-normal, deviation ${day.deviation}; ${percent(day.failing)} of attempts fail, ${percent(day.hanging)} hang`
    console.log(`  ${name} days: ${noise}`)
    for (const profile of profileNames) {
      const { mean, worst, proved, retries } = await besideHindsight(profile, day, runs)
      const figures = `${percent(mean, 2).padStart(7)} longer on average, ${percent(worst).padStart(4)} at worst`
      console.log(`    ${profile.padEnd(12)} ${figures}; ${proved} bests proved, ${retries} retries`)
    }
  }
}

function percent(share: number, places = 0): string {
  return `${(share * 100).toFixed(places)} %`
}
