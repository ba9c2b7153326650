/** Where a place in percent of width and height lies: "top left", "middle", "bottom". */
export function placeInWords(x: number, y: number): string {
  const row = y < 34 ? 'top' : y > 66 ? 'bottom' : ''
  const column = x < 34 ? 'left' : x > 66 ? 'right' : ''
  return [row, column].filter(Boolean).join(' ') || 'middle'
}

/** Where a place lies, worded for the middle of a sentence: "at the top left", "in the middle". */
export function atPlace(x: number, y: number): string {
  const place = placeInWords(x, y)
  return place === 'middle' ? 'in the middle' : `at the ${place}`
}
