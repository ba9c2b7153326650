/** The width in which pictures come first; the original follows when someone zooms in. */
export const previewWidth = 1280
export const originalWidth = 2560

/** The address of a picture at most `width` pixels wide. */
export function atWidth(url: string, width: number): string {
  const [path = url] = url.split('?')
  return `${path}?w=${width}`
}

const kept = new Map<string, HTMLImageElement>()

/** Fetches and decodes the pictures of the cards ahead and keeps them until their cards are gone, so that a card paints whole. */
export function keepPictures(urls: string[]) {
  for (const url of kept.keys()) if (!urls.includes(url)) kept.delete(url)
  for (const url of urls) {
    if (kept.has(url)) continue
    const image = new Image()
    image.src = url
    kept.set(url, image)
    // A picture that fails here is asked for again by its card, which then says so.
    image.decode().catch(() => kept.delete(url))
  }
}
