/** The most of an answer that is shown; what is cut is said so. */
const mostCharacters = 65_536

/**
 * A response as people see it, the same for every model: all of it, at most 64 Ki characters. A mark that cannot be seen
 * stands as its code, `[U+202E]`, where it could deceive, and stays itself where its script or an emoji needs it. The
 * response itself stays as it came.
 */
export function visibleText(response: string): string {
  const lines = response.slice(0, mostCharacters).replaceAll(/\r\n?/g, '\n').split('\n')
  const text = lines.map(showMarks).join('\n')
  if (response.length <= mostCharacters && text.length <= mostCharacters) return text
  return `${text.slice(0, mostCharacters).replace(/[\uD800-\uDBFF]$/, '')}\n\n(The answer goes on; the rest is not shown.)`
}

/** Flags of regions, characters that draw nothing, controls, and private use, whose first numbers carry points. */
const unseen =
  /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,7}\u{E007F}|\p{Default_Ignorable_Code_Point}|[^\P{Cc}\t]|[\uE000-\uF8FF]/gu

function showMarks(line: string): string {
  const turns = rightToLeft.test(line)
  return line.replaceAll(unseen, (mark, at: number) => (isNeeded(mark, at, line, turns) ? mark : codeOf(mark)))
}

const codeOf = (mark: string) => `[U+${mark.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`

/** Marks by which right-to-left lines are ordered. Overrides are not among them: they turn any text round. */
const ordering = /[\u061C\u200E\u200F\u202A-\u202C\u2066-\u2069]/
const rightToLeft =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u
/** What hides words or marks a text in every script: soft hyphens, overrides, invisible operators, tags. */
const hiding = /[\u00AD\u202D\u202E\u2060-\u2065\u206A-\u206F\uFEFF\u{E0000}-\u{E00FF}]|[^\P{Cc}\t]|[\uE000-\uF8FF]/u
/** Scripts whose words and letters are held apart or together by marks: all but those written like this comment. */
const ofOtherScript =
  /[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}\p{Script=Unknown}\p{Default_Ignorable_Code_Point}]/u
const joinsAfter = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]/u
/** A variant of a sign: a keycap, an emoji, a symbol. */
const variant = /[\uFE00-\uFE0F]/
const hasVariants = /[\p{S}\p{N}\p{P}]/u

/** `turns`: the line holds letters that are read from right to left. */
function isNeeded(mark: string, at: number, line: string, turns: boolean): boolean {
  if (mark.length > 2) return true
  if (hiding.test(mark)) return false
  if (ordering.test(mark)) return turns
  const before = characterBefore(line, at)
  const after = String.fromCodePoint(line.codePointAt(at + mark.length) ?? 0)
  if (ofOtherScript.test(before) || ofOtherScript.test(after)) return true
  if (mark === '\u200D') return joinsAfter.test(before) && /\p{Extended_Pictographic}/u.test(after)
  return variant.test(mark) && hasVariants.test(before)
}

function characterBefore(line: string, at: number): string {
  return [...line.slice(Math.max(0, at - 2), at)].at(-1) ?? ''
}
