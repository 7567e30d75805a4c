/** Writes the last line of a test run, `N passed, N failed[, N skipped]`, and ends the process by it. */
export async function endWith(passed: number, failed: number, skipped: number): Promise<never> {
  const tail = skipped > 0 ? `, ${skipped} skipped` : ''
  await new Promise((resolve) => process.stdout.write(`${passed} passed, ${failed} failed${tail}\n`, resolve))
  process.exit(failed > 0 || passed === 0 ? 1 : 0)
}
