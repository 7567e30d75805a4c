import { describe, expect, it } from 'vitest'
import { isOwnAddress, mayOpenOutside } from './addresses.ts'

describe('EL-9 addresses', () => {
  it.each(['app://parley/', 'app://parley/index.html#/runs', 'app://parley'])('%s is our own', (address) =>
    expect(isOwnAddress(address)).toBe(true),
  )

  it.each([
    'app://parley.evil.example/',
    'app://parley@evil.example/',
    'app://evil/parley',
    'https://parley/',
    'file:///parley',
    'app:parley',
    '',
  ])('%s is not', (address) => expect(isOwnAddress(address)).toBe(false))

  it.each(['https://example.org/docs'])('%s may open in the browser', (address) =>
    expect(mayOpenOutside(address)).toBe(true),
  )

  it.each([
    'http://example.org/',
    'file:///etc/passwd',
    'smb://share/x',
    'javascript:alert(1)',
    'ms-msdt:/id',
    'https://user:secret@example.org/',
    'https',
  ])('%s may not', (address) => expect(mayOpenOutside(address)).toBe(false))
})
