import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import type { ConfigOverride } from '#shared/domain/config-override.ts'
import { ParleyError } from '#shared/lib/error.ts'
import { isTable, mergeOver, overridesOf } from './merge.ts'
import { knownKeys, nearest } from './words.ts'

/** A configuration that was read: what it says, what the data folder changed of it, and its text for the record. */
export interface Config<T> {
  readonly value: T
  readonly text: string
  /** The data folder's own file; undefined where there is none. */
  readonly file: string | undefined
  /** Each value that the data folder's file gives and that is not the shipped one. */
  readonly overrides: readonly ConfigOverride[]
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
 * Reads a YAML file that Parley ships with, and merges the data folder's file of that name over it: tables key by key,
 * lists and values as a whole. Throws CONFIG_INVALID with the file, the line and the reason, and for a key that nobody
 * knows the nearest one that is known.
 */
export function readConfig<T>(name: string, schema: z.ZodType<T>, home: string | undefined): Config<T> {
  const shipped = readYaml(join(resourcesFolder(), 'config', name))
  const file = home === undefined ? undefined : join(home, name)
  const own = file !== undefined && existsSync(file) ? readYaml(file) : undefined
  // A file that lost what was in it must not loosen the trader's limits; one of comments alone says that nothing is set.
  if (own !== undefined && own.text.trim() === '') throw own.refusal([], 'the file is empty')
  if (own !== undefined && own.data !== null && !isTable(own.data)) throw own.refusal([], 'the file: is no table')
  return {
    value: checked(mergeOver(shipped.data, own?.data ?? {}), schema, own ?? shipped),
    text: own === undefined ? shipped.text : `${shipped.text}\n---\n${own.text}`,
    file: own === undefined ? undefined : file,
    overrides: own === undefined ? [] : overridesOf(shipped.data, own.data ?? {}),
  }
}

/** Reads a YAML file that stands for itself. Throws CONFIG_INVALID with the file, the line and the reason. */
export function readYamlFile<T>(file: string, schema: z.ZodType<T>): { readonly value: T; readonly text: string } {
  const yaml = readYaml(file)
  return { value: checked(yaml.data, schema, yaml), text: yaml.text }
}

function checked<T>(data: unknown, schema: z.ZodType<T>, file: YamlFile): T {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  // A key that is misspelled is missing too: the misspelling says more.
  const { issues } = result.error
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  const path = (issue?.path ?? []).map(String)
  const unknown = issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : undefined
  const reason = unknown === undefined ? reasonOf(issue) : unknownKey(unknown, knownKeys(schema, issue?.path ?? []))
  throw file.refusal(unknown === undefined ? path : [...path, unknown], `${path.join('.') || 'the file'}: ${reason}`)
}

function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  const why = issue?.code === 'invalid_key' ? issue.issues[0] : issue
  return why?.message ?? 'is wrong'
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  if (near !== undefined) return `nobody knows "${key}"; the nearest known key is "${near}"`
  return `nobody knows "${key}"${known.length === 0 ? '' : `; the known keys are ${known.join(', ')}`}`
}

interface YamlFile {
  readonly text: string
  readonly data: unknown
  /** An error at the line of a value, or of the nearest thing around it that the file has. */
  refusal(path: readonly string[], reason: string): ParleyError
}

function readYaml(file: string): YamlFile {
  const text = readFileSync(file, 'utf8')
  const lines = new LineCounter()
  // The reader's own words end with the line and a picture of it; the line is said here.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const syntax = document.errors[0]
  if (syntax !== undefined) throw invalid(file, lines.linePos(syntax.pos[0]).line, syntax.message)
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return
      throw invalid(file, lines.linePos(node.range?.[0] ?? 0).line, `"*${node.source}" stands for nothing`)
    },
  })
  return {
    text,
    data: document.toJS(),
    refusal: (path, reason) => invalid(file, lineOf(document, lines, path), reason),
  }
}

function lineOf(document: ReturnType<typeof parseDocument>, lines: LineCounter, path: readonly string[]): number {
  const keys = path.map((key) => (/^\d+$/.test(key) ? Number(key) : key))
  for (let length = keys.length; length > 0; length--) {
    const around = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1), true)
    const last = keys[length - 1]
    const pair = isMap(around) ? around.items.find(({ key }) => isScalar(key) && key.value === last) : undefined
    // What is wrong itself is shown where its key stands; what lies deeper, where the table around it begins.
    const node = length === keys.length && pair !== undefined ? pair.key : document.getIn(keys.slice(0, length), true)
    const range = isNode(node) ? node.range : undefined
    if (range !== undefined && range !== null) return lines.linePos(range[0]).line
  }
  return 1
}

function invalid(file: string, line: number, reason: string): ParleyError {
  return new ParleyError('CONFIG_INVALID', `${file}, line ${line}: ${reason}.`, {
    details: { file, line, reason },
    wayOut: 'Correct that line, or delete the file to use the defaults.',
  })
}
