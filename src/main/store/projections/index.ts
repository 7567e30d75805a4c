import type { Projection } from './projection.ts'

/** Every projection of the desk. */
export const deskProjections: readonly Projection[] = []
