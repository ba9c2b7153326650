/**
 * A text as it is looked through for names: compatibility forms as plain letters, accents, marks that cannot be seen and
 * marks of markdown and HTML within words gone, quotes, hyphens and letters drawn small or in boxes plain. Letters keep
 * their case and their script.
 */
export function folded(text: string): string {
  return text
    .replaceAll(/&(?:#\d{2,6}|#x[\da-f]{2,5}|zwnj|zwj|shy|nbsp);/gi, characterOf)
    .replaceAll(
      /<\/?(?:b|i|u|s|em|strong|span|font|sub|sup|small|big|mark|code|a|p|br|div|wbr)(?:\s[^<>]{0,60})?\/?>/gi,
      '',
    )
    .normalize('NFKD')
    .replaceAll(/\p{Default_Ignorable_Code_Point}|[^\P{Cc}\s]|[\p{Script=Inherited}\u0591-\u05C7]|[*_`\\]|~~/gu, '')
    .normalize('NFC')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/[\u2018\u2019\u02BC\u00B4]/g, "'")
    .replaceAll(/[\u201C-\u201F\u00AB\u00BB\u300C-\u300F]/g, '"')
    .replaceAll(
      /[\u1D00-\u1D22\uA730\uA731\u0262\u026A\u0274\u0280\u028F\u029C\u029F]|[\u{1F170}-\u{1F189}\u{1F1E6}-\u{1F1FF}]/gu,
      drawnLetter,
    )
}

/** The same text without what is done to see through disguises: a name that is not in it was hidden. */
export function openly(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/[\p{Script=Inherited}\u0591-\u05C7]|[*_`\\]|~~/gu, '')
    .normalize('NFC')
    .replaceAll(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll(/\s/g, ' ')
}

const named: Record<string, string> = { nbsp: ' ' }

function characterOf(entity: string): string {
  const body = entity.slice(1, -1).toLowerCase()
  if (!body.startsWith('#')) return named[body] ?? ''
  const code = body.startsWith('#x') ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1))
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ''
}

const smallCapitals: Record<string, string> = {
  ᴀ: 'a',
  ʙ: 'b',
  ᴄ: 'c',
  ᴅ: 'd',
  ᴇ: 'e',
  ꜰ: 'f',
  ɢ: 'g',
  ʜ: 'h',
  ɪ: 'i',
  ᴊ: 'j',
  ᴋ: 'k',
  ʟ: 'l',
  ᴍ: 'm',
  ɴ: 'n',
  ᴏ: 'o',
  ᴘ: 'p',
  ʀ: 'r',
  ꜱ: 's',
  ᴛ: 't',
  ᴜ: 'u',
  ᴠ: 'v',
  ᴡ: 'w',
  ʏ: 'y',
  ᴢ: 'z',
}

function drawnLetter(mark: string): string {
  const code = mark.codePointAt(0)!
  if (code >= 0x1f1e6) return String.fromCharCode(97 + code - 0x1f1e6)
  if (code >= 0x1f170) return String.fromCharCode(97 + code - 0x1f170)
  return smallCapitals[mark] ?? mark
}

/** Letters of other scripts, and digits and signs, that look like a Latin one. */
const lookAlikes = pairs(
  'аa вb еe кk мm нh оo рp сc тt уy хx іi ѕs јj ԁd ԛq ԝw һh ӏl ґr пn гr зe иu',
  'αa βb εe ηn ιi κk μu νv οo ρp τt υu χx γy ωw',
  '0o 1l 3e 4a 5s 7t 8b @a $s |l ıi',
)

/** Cyrillic and Greek letters by their sound. */
const sounds = pairs(
  'аa бb вv гg дd еe ёe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хh цts чch шsh щsh ыy эe юyu яya іi їi єe ґg',
  'αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υu φf χh ψps ωo',
)

function pairs(...lines: string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line) =>
      line.split(' ').map((pair): [string, string] => [[...pair][0]!, [...pair].slice(1).join('')]),
    ),
  )
}

const plainWord = /^[a-z]*$/

/** What a word may be read as: by its letters, by what they look like, by how they sound. */
export interface Readings {
  exact: string
  looks: string
  sounds: string
}

export function readingsOf(word: string): Readings {
  const exact = word.toLowerCase()
  if (plainWord.test(exact)) return { exact, looks: oneStroke(exact), sounds: exact }
  const by = (letters: Map<string, string>) => [...exact].map((letter) => letters.get(letter) ?? letter).join('')
  return { exact, looks: oneStroke(by(lookAlikes)), sounds: by(sounds) }
}

/** `i` and `l` are drawn alike in many faces. */
const oneStroke = (word: string) => word.replaceAll('i', 'l')
