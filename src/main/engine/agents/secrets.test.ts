import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSecrets } from './secrets.ts'

// Made-up values in the published formats; none of them opens anything.
const planted = {
  'a private key': [
    '-----BEGIN EC PRIVATE KEY-----',
    `0x${'4f3c'.repeat(16)}`,
    'L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1',
  ],
  'an API key or token': [
    'AKIAIOSFODNN7EXAMPLE',
    `sk-${'a1B2'.repeat(6)}`,
    `ghp_${'x9'.repeat(18)}`,
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123',
    `Bearer ${'q7'.repeat(12)}`,
  ],
  'a password or secret': [
    'password: hunter2hunter2',
    'api_secret="8fj2kd9sl1"',
    'my passphrase is correcthorse',
    'postgres://desk:pa55word@db.example/journal',
  ],
  'a seed phrase': [
    'legal winner thank year wave sausage worth useful legal winner thank yellow',
    '1. letter 2. advice 3. cage 4. absurd 5. amount 6. doctor 7. acoustic 8. avoid 9. letter 10. advice 11. cage 12. above',
  ],
  'a card number': ['4111 1111 1111 1111', '5500-0000-0000-0004', '378282246310005'],
  'a bank account number': ['DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819'],
  'a phone number': ['+1 415 555 2671', '+442071838750', '(415) 555-2671', '415-555-2671'],
  'an e-mail address': ['jane.doe@example.com', 'jörg@müller.example'],
  'an identity number': ['078-05-1120'],
} as const

const harmless = [
  'Buy 0.21321 BTC/USDT at 93,803.73, stop 91,907.27, target 96,648.41.',
  'run_01k5xq7rj0g00abcde asks order ord_01k5xq7rj0g00zzzzz at 1700000000000 and 1763693058123456789.',
  'The view is up (0.70). Over 20 bars 60 % of volume traded on falling bars; +12 % on that mean, from 2025-02-03 to 2025-02-28.',
  'Market order, quantity 12345678.12345678, fee 0.1 %, +164210.0512 in 24 h.',
  'Headlines speak of "keyword" (3 times) and "secret sauce" (2 times); 4111 1111 1111 1112 fails its check digit.',
  'After the 20 past stretches most like the last 20 bars, BTC/USDT made +0.6 % in 5 bars, up 50 % of the time.',
]

describe('secrets', () => {
  it.each(Object.entries(planted).flatMap(([kind, texts]) => texts.map((text) => [kind, text] as const)))(
    'are recognised as %s: %s',
    (kind, text) => expect(findSecrets(text)).toContain(kind),
  )

  it('are found wherever they stand in a text', () => {
    const secret = fc.constantFrom(...Object.values(planted).flat())
    const around = fc.constantFrom('', 'Note: ', 'Buy 0.5 BTC at 64,210. ', '("', '\n')
    fc.assert(
      fc.property(around, secret, fc.constantFrom('', ' and so on.', '\n', '")'), (before, text, after) => {
        expect(findSecrets(before + text + after)).not.toEqual([])
      }),
    )
  })

  it.each(harmless)('are not seen in what the desk writes: %s', (text) => expect(findSecrets(text)).toEqual([]))
})
