import { globSync } from 'node:fs'
import { parse } from 'svelte/compiler'
import { expect, test } from 'vitest'
import { readSource, root } from '../support/source-files.ts'

/** What raters see; the pages of those who run a study are in English. */
const seen = [
  'web/src/routes/rate/**/*.{svelte,ts}',
  'web/src/routes/join/**/*.svelte',
  'web/src/routes/panel/**/*.svelte',
  'web/src/routes/(app)/RaterHome.svelte',
  'web/src/routes/+error.svelte',
  'web/src/lib/components/raters/*.svelte',
  'web/src/lib/components/answers/*.svelte',
  'web/src/lib/components/frame/{LanguageSelect,TopBar}.svelte',
  'web/src/lib/components/{Dialog,ErrorNotice,Notice,ThemeToggle}.svelte',
]
const ofOperators = [/\/try\//, /Staff\w+\.svelte$/, /\.svelte\.test\.ts$/, /scripted-server\.ts$/]
/** Names, keys, and what only those who run an arena and people of a team are shown. */
const names = new Set([
  'VLM Arena',
  '· VLM Arena',
  'Esc',
  'Endpoints',
  'Studies',
  'Pools',
  'Teams',
  'Team',
  'API tokens',
  'Sign in',
  'Join',
])
const spoken = new Set([
  'title',
  'alt',
  'placeholder',
  'label',
  'aria-label',
  'aria-description',
  'aria-roledescription',
])

interface Node {
  type?: string
  name?: string
  data?: string
  value?: unknown
  [key: string]: unknown
}

const isWords = (text: string) => /\p{L}{2}/u.test(text) && !names.has(text.trim())
/** A literal of a script that reads like a sentence or a label. */
const isSentence = (text: string) => /^\p{Lu}\p{L}*[ ’',.…]/u.test(text.trim()) && isWords(text)

/** Literal words that a component shows or says. */
function literalsIn(code: string): string[] {
  const { fragment, instance, module } = parse(code, { modern: true }) as unknown as Record<string, Node | null>
  const found: string[] = []
  /** `text`: what stands there is shown or read out; else only what reads like a sentence may become so. */
  const visit = (node: unknown, text: boolean): void => {
    if (Array.isArray(node)) return node.forEach((each) => visit(each, text))
    if (typeof node !== 'object' || node === null) return
    const { type = '', name, data, value, metadata, ...rest } = node as Node
    if (type === 'Comment' || type.startsWith('TS') || type.startsWith('Import') || type === 'StyleDirective') return
    if (type === 'Attribute') return visit(value, spoken.has(String(name)))
    if (type === 'Text') return void (text && isWords(data ?? '') && found.push(data!.trim()))
    if (type === 'Literal') return void (isShown(value, text) && found.push(value))
    if (type === 'TemplateElement') return visit({ type: 'Literal', value: (value as { cooked: string }).cooked }, text)
    // Words in an expression are compared or looked up more often than shown.
    const within =
      type === 'BinaryExpression' || type === 'MemberExpression' || type === 'CallExpression' ? false : text
    for (const each of [...Object.values(rest), value]) visit(each, within)
  }
  visit(fragment, true)
  visit(instance, false)
  visit(module, false)
  return found
}

const isShown = (value: unknown, text: boolean): value is string =>
  typeof value === 'string' && (text ? isWords(value) : isSentence(value))

/** A module is read as the script of a component. */
const literalsOf = (file: string) =>
  literalsIn(file.endsWith('.svelte') ? readSource(file) : `<script lang="ts">\n${readSource(file)}\n</script>`)

const files = seen
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((file) => !ofOperators.some((pattern) => pattern.test(file)))

test.each(files)('%s has its words from the catalogue', (file) => {
  expect(literalsOf(file)).toEqual([])
})

test('words that are written into a component would be found', () => {
  const wrong = [
    '<p>Thank you</p>',
    '<button aria-label="Close it">×</button>',
    '<p>{done ? "Thank you." : ""}</p>',
    '<script>const said = `Saved, item ${1}`</script>',
    '<p title={over ? "gone" : ""}></p>',
    '<Notice title="Paused" />',
  ]
  for (const code of wrong) expect(literalsIn(code), code).toHaveLength(1)
  expect(literalsIn('<p class="soft tall" id="more">{words.thanks} · 1:1</p>')).toEqual([])
})
