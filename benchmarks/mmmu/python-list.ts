const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', "'": "'", '"': '"', '\\': '\\' }
const item = /\s*(?:'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"|([^,'"[\]]+))\s*(,|$)/y

/** The texts in a Python list literal such as `['2 m', "3' 4"]`; null when the text is no such literal. */
export function parsePythonList(text: string): string[] | null {
  const inside = /^\s*\[([^]*)\]\s*$/.exec(text)?.[1]
  if (inside === undefined) return null
  const items: string[] = []
  item.lastIndex = 0
  while (item.lastIndex < inside.trimEnd().length) {
    const found = item.exec(inside)
    if (!found) return null
    const [, single, double, bare] = found
    items.push(bare?.trim() ?? unescaped(single ?? double ?? ''))
  }
  return items
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([^]))/gi, (whole, x, u, wide, sign) => {
    const code = (x ?? u ?? wide) as string | undefined
    return code === undefined ? (escapes[sign as string] ?? whole) : String.fromCodePoint(parseInt(code, 16))
  })
}
