import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Language } from '#server/accounts/schema.ts'
import { root } from '../support/source-files.ts'

const folder = join(root, 'web/src/lib/words')
const parts = globSync('en/*.ts', { cwd: folder })
  .map((file) => basename(file, '.ts'))
  .filter((part) => part !== 'say')
const others = Language.options.filter((language) => language !== 'en')

/** In several languages the same, and meant so. */
const sameOnPurpose = new Set(['zoom', 'pause', 'offline', 'scale', 'percentOfImage', 'pointCount', 'sentence'])

type Words = { [key: string]: string | Words | ((given: never) => string) }

async function read(language: string, part: string): Promise<Words> {
  const { words } = (await import(join(folder, language, `${part}.ts`))) as { words: Words }
  return words
}

/** Every message by its path, as it reads with these numbers; a parameter that is asked for is noted. */
function messagesOf(words: Words, count: number, path = ''): { key: string; text: string; asked: string[] }[] {
  return Object.entries(words).flatMap(([name, message]) => {
    const key = `${path}${name}`
    if (typeof message === 'object') return messagesOf(message, count, `${key}.`)
    if (typeof message === 'string') return { key, text: message, asked: [] }
    const asked = new Set<string>()
    const given = new Proxy(
      {},
      {
        get: (_, parameter) => {
          asked.add(String(parameter))
          return texts.has(String(parameter)) ? (String(parameter) === 'to' ? 'left' : `‹${String(parameter)}›`) : count
        },
      },
    )
    const text = message(given as never)
    return { key, text, asked: [...asked].sort() }
  })
}
/** Parameters that are texts; all others are numbers. */
const texts = new Set([
  'study',
  'why',
  'side',
  'to',
  'name',
  'does',
  'key',
  'reason',
  'day',
  'team',
  'role',
  'said',
  'verdict',
])

describe.each(others)('the words in %s', (language) => {
  test.each(parts)('%s has the keys of the English, takes the same, and repeats none of it', async (part) => {
    const [english, translated] = await Promise.all([read('en', part), read(language, part)])
    for (const count of [1, 2, 12]) {
      const [ours, theirs] = [messagesOf(english, count), messagesOf(translated, count)]
      expect(theirs.map(({ key }) => key)).toEqual(ours.map(({ key }) => key))
      expect(theirs.map(({ key, asked }) => [key, asked])).toEqual(ours.map(({ key, asked }) => [key, asked]))
      const copied = theirs.filter(({ text }, index) => text === ours[index]?.text && /\p{L}{3}/u.test(text))
      expect(copied.map(({ key }) => key).filter((key) => !sameOnPurpose.has(key))).toEqual([])
      expect(theirs.filter(({ text }) => /undefined|NaN|\[object/.test(text))).toEqual([])
    }
  })
})

test('every part of a language is one of English', () => {
  for (const language of others) {
    const there = globSync('*.ts', { cwd: join(folder, language) }).map((file) => basename(file, '.ts'))
    expect(there.filter((part) => part !== 'problems').sort()).toEqual([...parts, 'say'].sort())
  }
})
