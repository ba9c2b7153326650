import MarkdownIt, { type Env } from 'markdown-it'
import { visibleText } from '../../responses/visible-text.ts'
import { cellBreakPlugin, directionPlugin } from './markdown-plugins.ts'
import { escapeHtml, mathsPlugin, type FormulaBudget } from './maths.ts'
import { readPoints, type Segment } from './point-tags.ts'
import type { Answer } from '../schema.ts'

/** The state of one rendering: no two answers share a budget. */
interface RenderState extends FormulaBudget {
  groups: Segment[]
}

/** Beyond these limits an answer, or the rest of its formulae, is plain text: rendering takes about 50 ms at most. */
const mostMarkdown = 24_000
const mostHtml = 400_000
const mostFormulae = { formulae: 200, formulaCharacters: 4_096 }

/** Points travel through Markdown as private-use characters around a number; visibleText leaves none of its own. */
const markStart = '\uE000'
const markEnd = '\uE001'
const marks = /\uE000(\d+)\uE001/g

/**
 * Renders a response for a rater: Markdown without HTML, links or pictures (an address would be fetched or tell who wrote
 * it), formulae by KaTeX, points as `<span class="point" data-n>` chips and as a list in percent. The HTML is ours
 * alone; where it would grow beyond reason the answer is shown as plain text. `scale`: see readPoints.
 */
export function renderAnswer(response: string, scale: number, { pointsShown }: { pointsShown: boolean }): Answer {
  const text = visibleText(response)
  const { segments, points } = readPoints(text.trim(), scale)
  const html = renderSegments(pointsShown ? segments : segments.map(withoutNumbers))
  const words = segments.map((segment) => (segment.kind === 'text' ? segment.text : ` ${segment.label} `)).join('')
  return {
    text,
    html: html ?? `<p dir="auto">${escapeHtml(words).replaceAll('\n', '<br>')}</p>`,
    words: countWords(words),
    points: pointsShown ? points : [],
  }
}

const wordsOf = new Intl.Segmenter('en', { granularity: 'word' })

/** As many as a reader of the language would count, also where no spaces stand between them. */
function countWords(text: string): number {
  let words = 0
  for (const { isWordLike } of wordsOf.segment(text)) words += Number(isWordLike)
  return words
}

function withoutNumbers(segment: Segment): Segment {
  return segment.kind === 'text' ? segment : { ...segment, count: 0, more: 0 }
}

/** Null: it cannot be rendered within the limits. */
function renderSegments(segments: Segment[]): string | null {
  const groups: Segment[] = []
  const markOf = (group: Segment) => `${markStart}${groups.push(group) - 1}${markEnd}`
  const source = segments.map((segment) => (segment.kind === 'text' ? segment.text : markOf(segment))).join('')
  if (source.length > mostMarkdown) return null
  const state: RenderState = { groups, ...mostFormulae }
  try {
    const html = markdown.render(source, state)
    return html.length <= mostHtml ? html : null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true })
  .disable(['link', 'image', 'autolink', 'reference'])
  .use(mathsPlugin)
  .use(directionPlugin)
  .use(cellBreakPlugin)

markdown.renderer.rules.text = (tokens, index, _options, state) =>
  escapeHtml(tokens[index]!.content).replaceAll(marks, (_mark, group: string) =>
    chips(stateOf(state).groups[Number(group)]),
  )
markdown.renderer.rules.code_inline = (tokens, index, _options, state) =>
  `<code>${codeText(tokens[index]!.content, stateOf(state))}</code>`
markdown.renderer.rules.code_block = markdown.renderer.rules.fence = (tokens, index, _options, state) =>
  `<pre><code>${codeText(tokens[index]!.content, stateOf(state))}</code></pre>\n`
// Long tables scroll inside their answer; `tabindex` lets a keyboard scroll them.
markdown.renderer.rules.table_open = (tokens, index, _options, _state, renderer) =>
  `<div class="table" tabindex="0"${renderer.renderAttrs(tokens[index]!)}><table>\n`
markdown.renderer.rules.table_close = () => '</table></div>\n'

/** The environment that renderSegments handed in. */
const stateOf = (environment: Env | undefined) => environment as RenderState

/** In code a place is its label: a chip would break the line. */
function codeText(content: string, state: RenderState): string {
  const labelOf = (group: string) => (state.groups[Number(group)] as { label?: string } | undefined)?.label ?? ''
  return escapeHtml(content.replaceAll(marks, (_mark, group: string) => labelOf(group)))
}

function chips(group: Segment | undefined): string {
  if (group?.kind !== 'points') return ''
  const label = escapeHtml(group.label)
  const { count, first, more } = group
  const rest = more === 0 ? '' : ` (${more} more ${more === 1 ? 'place' : 'places'}, not drawn)`
  if (count === 0) return label + rest
  if (count === 1) return chip(first, label) + rest
  const numbers = Array.from({ length: count }, (_, index) => chip(first + index, ''))
  return `${label}${label && ' '}${numbers.join(' ')}${rest}`
}

const chip = (n: number, label: string) => `<span class="point" data-n="${n}"><b>${n}</b>${label && ` ${label}`}</span>`
