import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { afterEach, beforeEach, expect, it } from 'vitest'

const afterPack = createRequire(import.meta.url)('../../build/after-pack.cjs')
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const on = '1'.charCodeAt(0)
const off = '0'.charCodeAt(0)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-fuses-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('EL-9 packing turns off what could run other code in the app, and turns on its integrity', async () => {
  const binary = join(folder, 'parley')
  // The fuse wire as it stands in Electron's binary: a sentinel, the version, the length, one byte a fuse. These are
  // the fuses of a fresh Electron.
  await writeFile(
    binary,
    Buffer.concat([Buffer.from(`binary ${sentinel}`), Buffer.from([1, 9]), Buffer.from('101100111')]),
  )
  await afterPack({
    appOutDir: folder,
    electronPlatformName: 'linux',
    packager: { executableName: 'parley', appInfo: {} },
  })
  const wire = await getCurrentFuseWire(binary)
  expect(wire).toMatchObject({
    [FuseV1Options.RunAsNode]: off,
    [FuseV1Options.EnableCookieEncryption]: on,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: off,
    [FuseV1Options.EnableNodeCliInspectArguments]: off,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: on,
    [FuseV1Options.OnlyLoadAppFromAsar]: on,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: off,
  })
})

it('the packed app runs it', async () => {
  expect(await readFile('electron-builder.yml', 'utf8')).toContain('afterPack: build/after-pack.cjs')
})
