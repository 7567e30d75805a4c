import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPageFiles, type PageFiles } from './page-files.ts'

describe('the files of the page', () => {
  let root: string
  let page: PageFiles
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'parley-page-'))
    await mkdir(join(root, 'renderer/assets'), { recursive: true })
    await writeFile(join(root, 'secret.txt'), 'secret')
    await writeFile(join(root, 'renderer/index.html'), '<p>page</p>')
    await writeFile(join(root, 'renderer/assets/app-1a2b.js'), 'go()')
    await symlink(join(root, 'secret.txt'), join(root, 'renderer/link.txt'))
    page = await openPageFiles(join(root, 'renderer'))
  })
  afterAll(() => rm(root, { recursive: true }))

  it('serves index.html at / and the assets under their names', async () => {
    expect(Buffer.from((await page.read('/'))?.body ?? []).toString()).toBe('<p>page</p>')
    expect(await page.read('/assets/app-1a2b.js')).toMatchObject({
      type: 'text/javascript; charset=utf-8',
      immutable: true,
    })
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..\\secret.txt',
    '//secret.txt',
    '/link.txt',
    '',
    '/assets',
  ])('knows nothing of %s', async (path) => expect(await page.read(path)).toBeUndefined())

  it('never leads out of the folder, whatever is asked', async () => {
    const part = fc.constantFrom('..', '.', '', 'assets', 'secret.txt', 'link.txt', '\0', '%2e%2e', '\\')
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const file = await page.read(`/${parts.join('/')}`)
        if (file !== undefined) expect(Buffer.from(file.body).toString()).not.toContain('secret')
      }),
    )
  })

  it('says how to build a page that is not there', async () => {
    await expect(openPageFiles(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'PAGE_NOT_BUILT' })
  })
})
