import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rootDir } from '#server/core/config.ts'

const read = (pattern: string) =>
  globSync(pattern, { cwd: rootDir }).map((file) => readFileSync(join(rootDir, file), 'utf8'))
const tokens = read('web/src/styles/tokens.css').join('\n')
const kit = read('web/src/styles/kit.css')
  .join('\n')
  .replaceAll(/\/\*.*?\*\//gs, '')
const components = read('web/src/**/*.{svelte,ts,html}')
const everything = [tokens, kit, ...components].join('\n')
const markup = components.map((text) => text.replace(/<style>.*<\/style>/s, '')).join('\n')

const named = (text: string, expression: RegExp) => [
  ...new Set([...text.matchAll(expression)].map(([, name]) => name!)),
]
const defined = named(tokens, /^\s*(--[\w-]+):/gm)
const used = named(everything, /var\((--[\w-]+)/g)

test('every token is used', () => {
  expect(defined.filter((name) => !used.includes(name))).toEqual([])
})

test('every custom property that is used is a token, or set by a component', () => {
  const set = named(everything, /(--[\w-]+)\s*[:=]/g)
  expect(used.filter((name) => !set.includes(name))).toEqual([])
})

/** `seq-3` also counts as used where the markup says `seq-{step}`, whatever stands before the number. */
function isUsed(name: string): boolean {
  const [whole, numbered] = [name, name.replace(/\d+$/, '')].map((word) => word.replaceAll('-', '\\-'))
  const ending = name === numbered ? '' : `|(?<![\\w-])${numbered}\\$?\\{|'${numbered!.replace(/\\-$/, '')}'`
  return new RegExp(`(?<![\\w-])${whole}(?![\\w-])${ending}`).test(markup)
}

test('every class of the kit is used', () => {
  const selectors = kit.replaceAll(/\{[^{}]*\}/g, '{}')
  expect(named(selectors, /\.([a-z][\w-]*)/gi).filter((name) => !isUsed(name))).toEqual([])
})

test('pages change at the same few widths', () => {
  const widths = named(everything, /@media[^{]*?width: (\d+)px/g).concat(
    named(everything, /@media[^{]*and \(max-width: (\d+)px/g),
  )
  const listed = /pages change at: ([\d, ]+)/
    .exec(tokens)![1]!
    .split(',')
    .map((width) => width.trim())
  expect(widths.filter((width) => !listed.includes(width))).toEqual([])
  expect(listed.filter((width) => !widths.includes(width))).toEqual([])
})
