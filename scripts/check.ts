import { spawn } from 'node:child_process'

// Everything that must hold before a commit, slowest first so that the two cores stay busy.
const checks: Record<string, string[]> = {
  'unit tests': ['vitest', 'run', '--project', 'unit', '--project', 'page'],
  types: ['node', 'scripts/types.ts'],
  lint: ['oxlint', '--type-aware'],
  'dead code': ['knip'],
  format: ['biome', 'check', '--error-on-warnings', '.'],
}

async function run(name: string, [command = '', ...args]: string[]): Promise<boolean> {
  const startedMs = Date.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve))
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`)
  if (code !== 0) console.log(output)
  return code === 0
}

const queue = Object.entries(checks)
let green = true
async function worker(): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (!(await run(...next))) green = false
  }
}
await Promise.all([worker(), worker()])
process.exitCode = green ? 0 : 1
