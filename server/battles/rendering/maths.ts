import katex from 'katex'
import type { Env, MarkdownIt } from 'markdown-it'

/** How many formulae, and characters of them, an answer may still have typeset; handed in as Markdown's environment. */
export interface FormulaBudget extends Env {
  formulae: number
  formulaCharacters: number
}

const longestFormula = 2_048

/** Adds to Markdown the formulae `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. */
export function mathsPlugin(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('escape', 'formula', (state, silent) => {
    const found = findInline(state.src, state.pos, state.posMax)
    if (!found) return false
    if (!silent) {
      const token = state.push('formula', '', 0)
      token.content = found.content
      token.meta = { display: found.display }
    }
    state.pos = found.end
    return true
  })
  markdown.block.ruler.before(
    'fence',
    'formula_block',
    (state, startLine, endLine, silent) => {
      const first = state.bMarks[startLine]! + state.tShift[startLine]!
      if (state.sCount[startLine]! - state.blkIndent >= 4) return false
      const closing = displayClosings[state.src.slice(first, first + 2)]
      if (!closing) return false
      const lastCharacter = state.eMarks[endLine - 1]!
      const end = state.src.indexOf(closing, first + 2)
      if (end < 0 || end > lastCharacter || end - first > longestFormula) return false
      const lineEnd = state.src.indexOf('\n', end)
      const rest = state.src.slice(end + 2, lineEnd < 0 ? undefined : lineEnd)
      if (rest.trim() !== '') return false
      if (silent) return true
      const token = state.push('formula', '', 0)
      token.block = true
      token.content = state.src.slice(first + 2, end)
      token.meta = { display: true }
      const lines = state.src.slice(first, end).split('\n').length
      state.line = startLine + lines
      token.map = [startLine, state.line]
      return true
    },
    { alt: ['paragraph', 'blockquote', 'list'] },
  )
  markdown.renderer.rules.formula = (tokens, index, _options, budget) => {
    const { content, meta } = tokens[index]!
    return typeset(content, (meta as { display: boolean }).display, budget as FormulaBudget)
  }
}

const displayClosings: Record<string, string> = { $$: '$$', '\\[': '\\]' }
const inlineClosings: Record<string, string> = { ...displayClosings, '\\(': '\\)' }

interface InlineFormula {
  content: string
  display: boolean
  end: number
}

function findInline(source: string, from: number, to: number): InlineFormula | undefined {
  const opening = source.slice(from, from + 2)
  const closing = inlineClosings[opening]
  if (closing) {
    const end = source.slice(from, Math.min(to, from + longestFormula)).indexOf(closing, 2)
    if (end <= 2) return undefined
    return { content: source.slice(from + 2, from + end), display: opening !== '\\(', end: from + end + 2 }
  }
  return source[from] === '$' ? findDollars(source, from, to) : undefined
}

/** A formula has no space inside its dollars and no digit after the closing one; what reads as money is none. */
function findDollars(source: string, from: number, to: number): InlineFormula | undefined {
  const match = /^\$(?![\s$])((?:[^$\\\n]|\\[^\n])*?)(?<!\s)\$(?![\d$])/.exec(
    source.slice(from, Math.min(to, from + longestFormula)),
  )
  if (!match) return undefined
  const [{ length }, content = ''] = match
  if (isMoney(content, source.slice(Math.max(0, from - 1), from), source.slice(from + length, from + length + 2)))
    return undefined
  return { content, display: false, end: from + length }
}

/**
 * Whether dollars before an amount are a currency: words stand between them (`$5 or 6$`), the second is one of several
 * dollars (`$5. R$ 12`), or the emphasis around the amount ends between them (`*$5*, *6$*`).
 */
function isMoney(content: string, before: string, after: string): boolean {
  if (/[\s(][A-Z]{1,3}$/.test(content) && /^ ?\d/.test(after)) return true
  if (!/^\d/.test(content)) return false
  const emphasised = /[*_]/.test(before) && content.includes(before)
  return emphasised || /[a-z]{2}/i.test(content.replaceAll(/\\[a-z]+(?:\{[^{}]*\})?/gi, ''))
}

/** A formula as HTML and MathML; what KaTeX refuses, or is beyond the budget, is shown as it was written. */
function typeset(formula: string, display: boolean, budget: FormulaBudget): string {
  budget.formulae -= 1
  budget.formulaCharacters -= formula.length
  if (budget.formulae < 0 || budget.formulaCharacters < 0) return plainFormula(formula)
  try {
    return katex.renderToString(formula, {
      displayMode: display,
      throwOnError: true,
      strict: 'ignore',
      trust: false,
      maxExpand: 100,
      maxSize: 10,
      macros: {},
    })
  } catch {
    return plainFormula(formula)
  }
}

const plainFormula = (formula: string) => `<code>${escapeHtml(formula.trim())}</code>`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text as HTML that shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!)
}
