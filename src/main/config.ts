import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { ParleyError } from '#shared/lib/error.ts'

/** A configuration file that was read: what it says, and its text for the record. */
export interface Config<T> {
  readonly value: T
  readonly text: string
}

/** The folder of the files that Parley ships with, wherever it was built or installed to. */
export function resourcesFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const resources = join(folder, 'resources')
    if (existsSync(join(resources, 'config'))) return resources
    if (folder === dirname(folder)) {
      throw new ParleyError('RESOURCES_MISSING', `No resources folder stands above ${import.meta.dirname}.`, {
        wayOut: 'Install Parley again.',
      })
    }
  }
}

/**
 * Reads a YAML file from the data folder, or the one that Parley ships with where there is none. Throws CONFIG_INVALID
 * with the file, the line and the reason.
 */
export function readConfig<T>(name: string, schema: z.ZodType<T>, home: string | undefined): Config<T> {
  const own = home === undefined ? undefined : join(home, name)
  const file = own !== undefined && existsSync(own) ? own : join(resourcesFolder(), 'config', name)
  const text = readFileSync(file, 'utf8')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const syntax = document.errors[0]
  if (syntax !== undefined) throw invalid(file, lines.linePos(syntax.pos[0]).line, syntax.message.split('\n')[0] ?? '')
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return
      throw invalid(file, lines.linePos(node.range?.[0] ?? 0).line, `"*${node.source}" stands for nothing`)
    },
  })
  const result = schema.safeParse(document.toJS())
  if (result.success) return { value: result.data, text }
  const [issue] = result.error.issues
  const path = (issue?.path ?? []).map(String)
  const reason = `${path.join('.') || 'the file'}: ${issue?.message ?? 'is wrong'}`
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  throw invalid(file, lineOf(document, lines, [...path, ...unknown]), reason)
}

/** The line of a value, or of the nearest thing around it that the file has. */
function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const keys = path.slice(0, length).map((key) => (/^\d+$/.test(key) ? Number(key) : key))
    const node = document.getIn(keys, true) as { range?: [number, number, number] } | undefined
    if (node?.range !== undefined) return lines.linePos(node.range[0]).line
  }
  return 1
}

function invalid(file: string, line: number, reason: string): ParleyError {
  return new ParleyError('CONFIG_INVALID', `${file}, line ${line}: ${reason}.`, {
    details: { file, line, reason },
    wayOut: 'Correct that line, or delete the file to use the defaults.',
  })
}
