import { existsSync, readdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import { type PlanTemplate, planTemplateSchema } from '#shared/domain/plan-template.ts'
import { readYamlFile, resourcesFolder } from './config.ts'

/** The templates that plans can be made from, by name, and their texts for the record. */
export interface Templates {
  readonly value: readonly PlanTemplate[]
  readonly text: string
}

/**
 * Reads the templates that Parley ships with, and those of the data folder's `templates` folder beside them: one of the same
 * name takes the shipped one's place. A template is named like its file. Throws CONFIG_INVALID with the file, the line and the reason.
 */
export function readTemplates(home: string | undefined): Templates {
  const folders = [join(resourcesFolder(), 'templates'), ...(home === undefined ? [] : [join(home, 'templates')])]
  const all = new Map<string, { readonly template: PlanTemplate; readonly text: string }>()
  for (const folder of folders.filter((path) => existsSync(path))) {
    for (const file of readdirSync(folder).sort()) {
      if (!/\.ya?ml$/.test(file)) continue
      const { name } = parse(file)
      const { value, text } = readYamlFile(join(folder, file), planTemplateSchema)
      all.set(name, { template: { ...value, name }, text })
    }
  }
  const found = [...all.values()]
  return { value: found.map(({ template }) => template), text: found.map(({ text }) => text).join('\n---\n') }
}
