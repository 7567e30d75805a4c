import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** What `parley <command> --help` says that a command takes: its options, and the commands below it. */
interface Help {
  readonly command: string
  readonly options: readonly string[]
  readonly below: readonly string[]
}

async function helpOf(command: string): Promise<Help> {
  const args = [join(root, 'src/main/cli.ts'), ...command.split(' ').filter(Boolean), '--help']
  const text = await new Promise<string>((resolve) =>
    execFile(process.execPath, args, (_error, out) => {
      resolve(out)
    }),
  )
  const [options = '', commands = ''] = text.split('\nCommands:\n')
  const names = (part: string, pattern: RegExp) => [...part.matchAll(pattern)].map(([, name = '']) => name)
  return {
    command,
    options: names(options, /^ {2}(?:-\w, )?(--[a-z-]+)/gm).filter((name) => name !== '--help'),
    below: names(commands, /^ {2}([a-z-]+)/gm).filter((name) => name !== 'help'),
  }
}

/** The program's commands that do something, each with its options. */
async function commandsFrom(command: string): Promise<readonly Help[]> {
  const help = await helpOf(command)
  if (help.below.length === 0) return [help]
  const all: Help[] = []
  // Two at a time: each is a process of its own.
  for (let index = 0; index < help.below.length; index += 2) {
    const next = help.below.slice(index, index + 2).map((name) => commandsFrom(`${command} ${name}`.trim()))
    all.push(...(await Promise.all(next)).flat())
  }
  return all
}

describe('docs/cli.md', () => {
  it('has a row for every command of the program, and names each option in it, and no other', async () => {
    /** The first cell of each row about a command, without what is escaped for the table. */
    const rows = [...readFileSync(join(root, 'docs/cli.md'), 'utf8').matchAll(/^\| `([a-z][^`]*)` \|/gm)].map(
      ([, cell = '']) => cell.replaceAll('\\|', '|'),
    )
    const commands = await commandsFrom('')
    expect(commands.length).toBeGreaterThan(15)
    const wrong = commands.flatMap(({ command, options }) => {
      const row = rows.find((cell) => cell === command || cell.startsWith(`${command} `))
      if (row === undefined) return [`${command} has no row`]
      const named = [...row.matchAll(/--[a-z-]+/g)].map(([name]) => name)
      return [
        ...options.filter((option) => !named.includes(option)).map((option) => `${command} lacks ${option}`),
        ...named.filter((option) => !options.includes(option)).map((option) => `${command} has no ${option}`),
      ]
    })
    expect(wrong).toEqual([])
  })
})
