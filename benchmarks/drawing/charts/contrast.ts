/** White or near-black, whichever reads better on a colour given as #rrggbb (relative luminance of WCAG 2). */
export function inkOn(hex: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! > 0.36 ? '#1b1b1b' : '#ffffff'
}
