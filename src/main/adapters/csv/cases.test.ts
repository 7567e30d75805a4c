import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { priceCases } from '#test/cases/prices.ts'

const folder = new URL('../../../../../shared/cases/', import.meta.url)

// The shared cases do not belong to the project and may be missing.
describe.skipIf(!existsSync(folder))(
  'price files that people met elsewhere (skipped where ../shared/cases is missing)',
  () => {
    it.each(existsSync(folder) ? priceCases(folder).map((each) => [each.name, each] as const) : [])('%s', (_, each) => {
      expect(each.isRight ? '' : `${each.expected}: ${each.got}`).toBe('')
    })
  },
)
