import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeHome } from '#test/builders/home.ts'
import { endHosts, isBuilt, startHost, until } from '#test/e2e/host.ts'

describe.skipIf(!isBuilt)('a STOP file (skipped without out/)', () => {
  const home = makeHome()
  afterAll(async () => {
    await endHosts()
    rmSync(home, { recursive: true, force: true })
  })

  it('KS-17 halts the running desk within a second, by its own clock', async () => {
    const { client } = await startHost(home)
    const { now } = await client.system.status()
    writeFileSync(join(home, 'STOP'), 'The phone rang')
    await until(async () => (await client.system.status()).latch.state === 'HALTED', 'the desk is halted')
    const { latch } = await client.system.status()
    expect(latch.reason).toContain('The phone rang')
    expect(latch.at - now).toBeLessThan(1_000)
  })
})
