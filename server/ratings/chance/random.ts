/**
 * A small generator of random 32-bit numbers for resampling: three words of chaotic state and a counter, which keeps
 * every stream from a short cycle. Seed and stream together fix every number, so the rounds of a bootstrap can be drawn
 * in any order and on any number of processors.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number, stream: number) {
    this.a = mix(seed ^ 0x5bf03635)
    this.b = mix(Math.floor(seed / 2 ** 32) ^ 0x1d872b41)
    this.c = mix(stream ^ 0x2545f491)
    for (let k = 0; k < 12; k++) this.next()
  }

  /** An integer in [0, 2³²). */
  next(): number {
    const output = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + output) | 0
    return output >>> 0
  }

  /** Fills an array with what as many calls of `next` would give, several times faster. */
  fill(words: Uint32Array): void {
    let { a, b, c, counter } = this
    for (let k = 0; k < words.length; k++) {
      const output = (a + b + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + output) | 0
      words[k] = output
    }
    this.a = a
    this.b = b
    this.c = c
    this.counter = counter
  }

  /** A number in [0, 1) with 53 bits. */
  unit(): number {
    return ((this.next() >>> 5) * 2 ** 26 + (this.next() >>> 6)) / 2 ** 53
  }

  /** A whole number in [0, below). */
  below(limit: number): number {
    return Math.floor(this.unit() * limit)
  }

  /** A standard normal number, by the polar method (Marsaglia and Bray 1964). */
  normal(): number {
    for (;;) {
      const x = 2 * this.unit() - 1
      const y = 2 * this.unit() - 1
      const square = x * x + y * y
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
    }
  }
}

/** Spreads the bits of a 32-bit number. */
function mix(value: number): number {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) | 0
}
