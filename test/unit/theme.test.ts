import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seats } from '#shared/domain/agent.ts'

const css = readFileSync(new URL('../../src/renderer/app/theme.css', import.meta.url), 'utf8')

type Colours = ReadonlyMap<string, string>

/** The colours of each block of the style sheet, by its selector. */
function readBlocks(text: string): Map<string, Colours> {
  const blocks = new Map<string, Colours>()
  for (const [, theme = '', body = ''] of text.matchAll(/\[data-theme=["'](\w+)["']\] \{([^}]*)\}/g)) {
    const colours = [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)]
    blocks.set(theme, new Map(colours.map(([, name = '', value = '']) => [name, value])))
  }
  return blocks
}

/** Relative luminance of a colour, after WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const themes = readBlocks(css)
const surfaces = ['surface-0', 'surface-1', 'surface-2']
const directions = ['teal', 'rose', 'blue', 'orange']
const text = [
  'text-strong',
  'text',
  'text-dim',
  'accent',
  'warn',
  'danger',
  'paper',
  ...directions,
  ...seats.map((seat) => `agent-${seat}`),
]
const shapes = ['line-strong', 'accent', 'paper', 'live', 'danger-fill', 'warn', 'teal', 'danger', ...directions]

it('contrast is measured as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3)
})

it('there are the three themes of the settings', () => {
  expect([...themes.keys()]).toEqual(['dark', 'light', 'contrast'])
})

describe.each([...themes])('UX-21 the %s theme', (_name, colours) => {
  const of = (name: string): string => {
    const value = colours.get(name)
    if (value === undefined) throw new Error(`--${name} is not in the theme.`)
    return value
  }
  const pairs = (fronts: string[], backs: string[]) =>
    fronts.flatMap((front) => backs.map((back): [string, string] => [front, back]))

  it.each(pairs(text, surfaces))('text in %s on %s has 4.5:1', (front, back) => {
    expect(contrast(of(front), of(back))).toBeGreaterThanOrEqual(4.5)
  })

  it.each([
    ['on-fill', 'accent-fill'],
    ['on-fill', 'danger-fill'],
    ...pairs(['text-strong', 'text', 'text-dim', 'accent'], ['accent-soft']),
    ...pairs(
      seats.map((seat) => `agent-${seat}`),
      ['accent-soft'],
    ),
    ...pairs(['text-strong', 'text', 'text-dim', 'danger', 'teal'], ['danger-soft']),
    ...pairs(['text-strong', 'text', 'text-dim'], ['warn-soft']),
    ['surface-0', 'live'],
  ])('text in %s on %s has 4.5:1', (front, back) => {
    expect(contrast(of(front), of(back))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(pairs(shapes, surfaces))('lines and shapes in %s on %s have 3:1', (front, back) => {
    expect(contrast(of(front), of(back))).toBeGreaterThanOrEqual(3)
  })
})
