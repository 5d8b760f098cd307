import { defineConfig } from 'vitest/config'

/** What kills servers, loads the machine or looks at the clock has the machine to itself. */
const ALONE = ['attacks', 'cluster', 'crash', 'main-job', 'roles', 'stop', 'two-servers'].map(
  (it) => `e2e/${it}.test.ts`,
)
const e2e = {
  globalSetup: ['db/testing/global-setup.ts'],
  testTimeout: 900_000,
  hookTimeout: 900_000,
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{db,lib,scripts,app,components}/**/*.test.{ts,tsx}'],
          globalSetup: ['db/testing/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          // The files of a worker share what they import: a quarter of the time was the same imports again. So a
          // file puts back what it put in the place of something else.
          isolate: false,
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...e2e,
          name: 'e2e-alone',
          include: ALONE,
          fileParallelism: false,
        },
      },
    ],
  },
})
