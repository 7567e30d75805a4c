import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { haltOnFaults, openLog, reportTo } from './log.ts'

describe('the log', () => {
  let home: string
  const read = () => readFileSync(join(home, 'logs/parley.log'), 'utf8')
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'parley-log-'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  it('EL-8 leaves out what a field names as secret, wherever it stands', () => {
    openLog(home).info({
      apiKey: 'k-1',
      broker: { apiSecret: 's-1', name: 'sim' },
      request: { headers: { cookie: 'c-1' } },
    })
    expect(read()).toContain('"name":"sim"')
    for (const secret of ['k-1', 's-1', 'c-1']) expect(read()).not.toContain(secret)
  })

  it('keeps an unforeseen error under the reference that the caller was given', () => {
    reportTo(openLog(home))({ reference: 'ab12cd34', where: 'runs.start', error: new Error('a hole') })
    expect(JSON.parse(read())).toMatchObject({ reference: 'ab12cd34', where: 'runs.start', err: { message: 'a hole' } })
  })

  it('an error that nothing caught halts trading and is logged', () => {
    const before = { caught: process.listeners('uncaughtException'), rejected: process.listeners('unhandledRejection') }
    const reasons: string[] = []
    haltOnFaults(openLog(home), (reason) => reasons.push(reason))
    const added = process.listeners('unhandledRejection').filter((listener) => !before.rejected.includes(listener))
    for (const listener of added) {
      listener(new Error('dropped'), Promise.resolve())
      process.off('unhandledRejection', listener)
    }
    for (const listener of process.listeners('uncaughtException'))
      if (!before.caught.includes(listener)) process.off('uncaughtException', listener)
    expect(reasons).toEqual(['An unforeseen error in the engine'])
    expect(read()).toContain('dropped')
  })
})
