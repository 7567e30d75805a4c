import { ParleyError } from './error.ts'

/** Anything that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * The one way to write a value as JSON: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints
 * them (RFC 8785). Undefined members are left out. Throws NOT_JSON for NaN, infinities and anything that is not JSON.
 */
export function canonicalJson(value: unknown): string {
  // What is in order already JSON.stringify writes alike, and faster.
  return isCanonical(value) ? JSON.stringify(value) : write(value)
}

/**
 * A copy of a value with its keys in canonical order: what reading back its canonical JSON would give, without the
 * reading. What JSON cannot hold is taken over as it is, for canonicalJson to refuse.
 */
export function canonicalCopy(value: unknown): unknown {
  // JSON knows no -0.
  if (typeof value !== 'object' || value === null) return value === 0 ? 0 : value
  if (Array.isArray(value)) return value.map(canonicalCopy)
  const object = value as Readonly<Record<string, unknown>>
  const copy: Record<string, unknown> = {}
  for (const key of sortedKeys(object)) {
    const member = object[key]
    if (member === undefined) continue
    // Assigned, it would become the prototype.
    if (key === '__proto__') Object.defineProperty(copy, key, { ...plainMember, value: canonicalCopy(member) })
    else copy[key] = canonicalCopy(member)
  }
  return copy
}

const plainMember = { enumerable: true, configurable: true, writable: true }

/** True for what JSON.stringify writes in canonical form. */
function isCanonical(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      if (value === null) return true
      return Array.isArray(value) ? isCanonicalArray(value) : isCanonicalObject(value as Record<string, unknown>)
    default:
      return false
  }
}

function isCanonicalArray(items: readonly unknown[]): boolean {
  for (const item of items) if (!isCanonical(item)) return false
  return true
}

function isCanonicalObject(object: Readonly<Record<string, unknown>>): boolean {
  // Others may have a toJSON.
  if (Object.getPrototypeOf(object) !== Object.prototype) return false
  const keys = Object.keys(object)
  if (!isSorted(keys)) return false
  for (const key of keys) if (!isCanonical(object[key])) return false
  return true
}

function write(value: unknown): string {
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

// Most strings need no escapes: looking first is twice as fast as always escaping.
const escaped = /[^ !#-[\]-\ud7ff\ue000-\uffff]/

function quote(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`
}

function writeArray(items: readonly unknown[]): string {
  let text = ''
  for (const item of items) text += text === '' ? write(item) : `,${write(item)}`
  return `[${text}]`
}

function writeObject(object: Readonly<Record<string, unknown>>): string {
  let text = ''
  for (const key of sortedKeys(object)) {
    const member = object[key]
    if (member !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${write(member)}`
  }
  return `{${text}}`
}

/** Most objects that are written again and again come with their keys in order: looking first is faster than always sorting. */
function sortedKeys(object: Readonly<Record<string, unknown>>): readonly string[] {
  const keys = Object.keys(object)
  return isSorted(keys) ? keys : keys.sort()
}

function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) return false
  }
  return true
}
