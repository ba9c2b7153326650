interface Size {
  width: number
  height: number
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high)
/** A small picture is enlarged at most this much to fill its stage. */
const largestFit = 4
const largestScale = 8

/** Which part of a picture a stage shows: scale in screen pixels per picture pixel, centre as shares of the picture. */
export class ImageView {
  stage = $state.raw<Size>({ width: 0, height: 0 })
  image = $state.raw<Size>({ width: 1, height: 1 })
  #zoom = $state(1)
  #centre = $state.raw({ x: 0.5, y: 0.5 })

  readonly fit = $derived(
    clamp(Math.min(this.stage.width / this.image.width, this.stage.height / this.image.height), 0.01, largestFit),
  )
  readonly scale = $derived(this.fit * this.#zoom)
  readonly width = $derived(this.image.width * this.scale)
  readonly height = $derived(this.image.height * this.scale)
  /** Where the picture's corner lies on the stage: never so far that a gap opens beside a larger picture. */
  readonly left = $derived(this.#edge(this.stage.width, this.width, this.#centre.x))
  readonly top = $derived(this.#edge(this.stage.height, this.height, this.#centre.y))
  readonly fitted = $derived(Math.abs(this.#zoom - 1) < 0.001)
  readonly movable = $derived(this.width > this.stage.width + 1 || this.height > this.stage.height + 1)

  constructor(image: Size) {
    this.image = image
  }

  #edge(stage: number, length: number, centre: number): number {
    return length <= stage ? (stage - length) / 2 : clamp(stage / 2 - centre * length, stage - length, 0)
  }

  showAll() {
    this.#zoom = 1
    this.#centre = { x: 0.5, y: 0.5 }
  }

  /** One picture pixel on one screen pixel. */
  showActualSize() {
    this.zoomBy(1 / this.scale)
  }

  /** Enlarges by `factor`; the spot of the stage at (x, y) stays where it is, by default the middle. */
  zoomBy(factor: number, x = this.stage.width / 2, y = this.stage.height / 2) {
    const share = { x: (x - this.left) / this.width, y: (y - this.top) / this.height }
    const smallest = Math.min(1, 1 / this.fit)
    this.#zoom = clamp(this.#zoom * factor, smallest, Math.max(largestScale / this.fit, 1))
    this.#centre = {
      x: clamp(share.x + (this.stage.width / 2 - x) / this.width, 0, 1),
      y: clamp(share.y + (this.stage.height / 2 - y) / this.height, 0, 1),
    }
  }

  /** Moves the picture by a number of screen pixels. */
  panBy(x: number, y: number) {
    this.#centre = {
      x: (this.stage.width / 2 - this.#edge(this.stage.width, this.width, this.#centre.x) - x) / this.width,
      y: (this.stage.height / 2 - this.#edge(this.stage.height, this.height, this.#centre.y) - y) / this.height,
    }
  }

  /** Brings a place, in percent of the picture, to the middle where the picture is larger than its stage. */
  lookAt(place: { x: number; y: number }) {
    if (this.movable) this.#centre = { x: place.x / 100, y: place.y / 100 }
  }
}
