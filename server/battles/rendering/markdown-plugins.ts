import type { MarkdownIt, Token } from 'markdown-it'

const strong = /\p{L}/u
const rightToLeft =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u

/**
 * Gives each block the direction in which its first letter is read, as a browser's `dir="auto"` would, and lists, tables
 * and quotes that of their first block, so that their marks and columns stand on its side. Answers without right-to-left
 * letters stay as they are.
 */
export function directionPlugin(markdown: MarkdownIt): void {
  markdown.core.ruler.push('direction', ({ src, tokens }) => {
    if (!rightToLeft.test(src)) return
    let following: string | undefined
    for (const token of tokens.toReversed()) {
      if (token.type === 'inline') following = directionOf(token.content) ?? following
      else if (token.nesting === 1 && following) token.attrSet('dir', following)
    }
  })
}

function directionOf(text: string): 'rtl' | 'ltr' | undefined {
  const first = strong.exec(text)?.[0]
  if (first === undefined) return undefined
  return rightToLeft.test(first) ? 'rtl' : 'ltr'
}

const lineBreak = /<br ?\/?>/i

/** In a cell of a table, which Markdown gives no other, `<br>` is a new line; elsewhere it is text. */
export function cellBreakPlugin(markdown: MarkdownIt): void {
  markdown.core.ruler.after('inline', 'cell_break', ({ tokens, Token }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type !== 'inline' || !/^t[dh]_open$/.test(tokens[index - 1]!.type)) continue
      token.children = token.children!.flatMap((child) => (child.type === 'text' ? brokenAt(child, Token) : [child]))
    }
  })
}

function brokenAt(text: Token, Made: typeof Token): Token[] {
  return text.content.split(lineBreak).flatMap((content, index) => {
    const piece = new Made('text', '', 0)
    piece.content = content
    return index === 0 ? [piece] : [new Made('hardbreak', 'br', 0), piece]
  })
}
