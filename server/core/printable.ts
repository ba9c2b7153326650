/** Text from outside as a terminal may show it: control and format characters become spaces, so that no file can steer it. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, ' ')
}
