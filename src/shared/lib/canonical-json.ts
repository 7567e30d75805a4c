import { ParleyError } from './error.ts'

/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * The one way to write a value as JSON: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints
 * them (RFC 8785). Undefined members are left out. Throws NOT_JSON for NaN, infinities and anything that is not JSON.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      if (!Number.isFinite(value)) throw new ParleyError('NOT_JSON', `${value} cannot be written as JSON.`)
      return `${value}`
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? writeArray(value) : writeObject(value as Record<string, unknown>)
    default:
      throw new ParleyError('NOT_JSON', `A ${typeof value} cannot be written as JSON.`)
  }
}

// Most strings need no escapes, and most objects that are written again and again come with their keys in order:
// looking first is twice as fast as always escaping and always sorting.
const escaped = /[^ !#-[\]-\ud7ff\ue000-\uffff]/

function quote(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`
}

function writeArray(items: readonly unknown[]): string {
  let text = ''
  for (const item of items) text += text === '' ? canonicalJson(item) : `,${canonicalJson(item)}`
  return `[${text}]`
}

function writeObject(object: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(object)
  if (!isSorted(keys)) keys.sort()
  let text = ''
  for (const key of keys) {
    const member = object[key]
    if (member !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${canonicalJson(member)}`
  }
  return `{${text}}`
}

function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) return false
  }
  return true
}
