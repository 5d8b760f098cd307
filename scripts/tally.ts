/** Counts what a run of the test runner was worth: whatever did not pass, for whatever reason, failed. */

/** The part of vitest's JSON report that counts. */
export interface Report {
  numPassedTests: number
  numTotalTests: number
  testResults: readonly { status: string; assertionResults: readonly unknown[] }[]
}

export interface Tally {
  passed: number
  failed: number
}

export function tally(
  { numPassedTests, numTotalTests, testResults }: Report,
  exitCode: number | null,
): Tally {
  // A file that could not be loaded holds no test, so no test tells of it.
  const unloadable = testResults.filter(
    (it) => it.status === 'failed' && it.assertionResults.length === 0,
  ).length
  const failed = numTotalTests - numPassedTests + unloadable
  // An error between the tests, or in what prepares them.
  return { passed: numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed }
}
