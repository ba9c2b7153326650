import { floatToText } from './python-number.ts'

/** What JSON or a judge can hand to a Python scorer. Whole numbers are bigint, numbers with a fraction or exponent number. */
export type PythonValue = string | number | bigint | boolean | null | PythonValue[]

const unprintable = /^[\p{C}\p{Zl}\p{Zp}]$|^(?! )\p{Zs}$/u

/** Python's `str(value)`. */
export function textOf(value: PythonValue): string {
  return typeof value === 'string' ? value : reprOf(value)
}

/** Python's `repr(value)`: quoted strings, `True`, `None`, lists in brackets. */
export function reprOf(value: PythonValue): string {
  if (value === null) return 'None'
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return floatToText(value)
  if (typeof value === 'bigint') return String(value)
  return `[${value.map(reprOf).join(', ')}]`
}

/** Single quotes, unless the text has those and no double ones. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  return quote + Array.from(text, (character) => escaped(character, quote)).join('') + quote
}

function escaped(character: string, quote: string): string {
  if (character === quote || character === '\\') return `\\${character}`
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  if (!unprintable.test(character)) return character
  const hex = character.codePointAt(0)!.toString(16)
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
