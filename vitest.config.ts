import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// One core less, as is usual, would leave half of a small machine idle.
const maxWorkers = '100%'

/** What holds for every project: the tests' own day, and waiting that no load makes fail. */
const usual = { setupFiles: ['test/day/move-date.ts'], expect: { poll: { timeout: 30_000, interval: 20 } } }

/** For tests that start whole desks and browsers. */
const patient = { testTimeout: 300_000, hookTimeout: 300_000 }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...usual,
          name: 'unit',
          include: ['src/shared/**/*.test.ts', 'src/main/**/*.test.ts', 'test/unit/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A file leaves nothing behind that another could notice, and a new process for each takes longer than its tests.
          isolate: false,
          maxWorkers,
        },
      },
      {
        test: {
          ...usual,
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          testTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        plugins: [react()],
        test: {
          ...usual,
          name: 'page',
          environment: 'jsdom',
          include: ['src/renderer/**/*.test.{ts,tsx}'],
          isolate: false,
          maxWorkers,
        },
      },
      {
        test: {
          ...usual,
          name: 'whole',
          include: ['test/whole/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          ...patient,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...usual,
          name: 'timing',
          include: ['test/timing/**/*.test.ts'],
          ...patient,
          fileParallelism: false,
          // After all others and one by one, for they look at the time that things take; nothing else does.
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
