import { computeConformance } from '#test/conformance/compute.ts'
import { heavyFunctions } from '#test/fakes/heavy-functions.ts'
import { createInlineCompute } from './inline-compute.ts'

computeConformance('inline', () => createInlineCompute(heavyFunctions))
