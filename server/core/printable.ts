/** Text from outside as a terminal may show it: control and format characters become spaces, so that no file can steer it. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, ' ')
}

/** A word as a shell takes it: quoted where it holds more than letters, digits and what names are made of. */
export function shellWord(text: string): string {
  return /^[\w@.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
