import { spawn } from 'node:child_process'

// One project an environment: the engine compiles with neither Node's nor the DOM's types.
const projects = ['engine', 'main', 'renderer']

const codes = await Promise.all(
  projects.map(
    (project) =>
      new Promise<number>((resolve) => {
        spawn('tsc', ['-p', `tsconfig.${project}.json`], { stdio: 'inherit' }).on('exit', (code) => resolve(code ?? 1))
      }),
  ),
)
process.exitCode = Math.max(...codes)
