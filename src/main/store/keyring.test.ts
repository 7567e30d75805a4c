import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryHome } from '#test/builders/home.ts'
import { type Cipher, openKeyring } from './keyring.ts'

const key = 'sk-very-secret'
/** Encrypts for one person: in other letters, behind a name. */
function cipherOf(person: string): Cipher {
  return {
    weakness: null,
    encrypt: (text) => Buffer.from(`${person}:${Buffer.from(text).toString('hex')}`),
    decrypt(encrypted) {
      const [owner, text = ''] = encrypted.toString().split(':')
      if (owner !== person) throw new Error('It is not yours.')
      return Buffer.from(text, 'hex').toString()
    },
  }
}

describe('EL-8 keys', () => {
  it('are kept encrypted, readable by the owner alone, and there again after a start', () => {
    const home = temporaryHome()
    openKeyring(home, cipherOf('ada'), {}).keep('MODEL_KEY', key)
    const file = join(home, 'keys.json')
    expect(readFileSync(file, 'utf8')).not.toContain(key)
    expect(statSync(file).mode & 0o077).toBe(0)
    const again = openKeyring(home, cipherOf('ada'), { PATH: '/bin' })
    expect(again.placeOf('MODEL_KEY')).toBe('kept')
    expect(again.environment()).toEqual({ PATH: '/bin', MODEL_KEY: key })
    again.forget('MODEL_KEY')
    expect(openKeyring(home, cipherOf('ada'), {}).placeOf('MODEL_KEY')).toBe('missing')
    expect(readFileSync(file, 'utf8')).toBe('{}\n')
  })

  it('of the environment go before those that are kept', () => {
    const home = temporaryHome()
    openKeyring(home, cipherOf('ada'), {}).keep('MODEL_KEY', key)
    const keyring = openKeyring(home, cipherOf('ada'), { MODEL_KEY: 'from outside' })
    expect(keyring.placeOf('MODEL_KEY')).toBe('environment')
    expect(keyring.environment()).toEqual({ MODEL_KEY: 'from outside' })
  })

  it('of another person are as good as none, and stay until they are replaced', () => {
    const home = temporaryHome()
    openKeyring(home, cipherOf('ada'), {}).keep('MODEL_KEY', key)
    const keyring = openKeyring(home, cipherOf('bob'), {})
    expect(keyring.placeOf('MODEL_KEY')).toBe('unreadable')
    expect(keyring.environment()).toEqual({})
    expect(openKeyring(home, cipherOf('ada'), {}).environment()).toEqual({ MODEL_KEY: key })
    keyring.keep('MODEL_KEY', 'mine')
    expect(keyring.environment()).toEqual({ MODEL_KEY: 'mine' })
  })

  it('are not kept where nothing protects them, and the refusal does not say them', () => {
    const home = temporaryHome()
    const weak = {
      ...cipherOf('ada'),
      weakness: 'This desktop has no keyring: what is kept would be readable by anybody.',
    }
    for (const cipher of [undefined, weak]) {
      const keyring = openKeyring(home, cipher, {})
      expect(() => keyring.keep('MODEL_KEY', key)).toThrow(
        expect.objectContaining({ code: 'KEYRING_UNAVAILABLE', message: expect.not.stringContaining(key) }),
      )
      expect(keyring.weakness).not.toBeNull()
    }
    expect(existsSync(join(home, 'keys.json'))).toBe(false)
  })

  it('in a file that cannot be understood stop the start with a way out', () => {
    const home = temporaryHome()
    writeFileSync(join(home, 'keys.json'), '{"MODEL_KEY": 7}')
    expect(() => openKeyring(home, cipherOf('ada'), {})).toThrow(expect.objectContaining({ code: 'KEYRING_INVALID' }))
  })
})
