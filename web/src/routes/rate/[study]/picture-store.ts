/** The width in which pictures come first; the original follows when someone zooms in. */
export const previewWidth = 1280
export const originalWidth = 2560

/** The address of a picture at most `width` pixels wide. */
export function atWidth(url: string, width: number): string {
  const [path = url] = url.split('?')
  return `${path}?w=${width}`
}

const kept = new Map<string, HTMLImageElement>()

/** Decoded, a picture takes some megabytes: no more than the next cards'. */
const mostDecoded = 4

/**
 * Fetches the pictures of the cards ahead and keeps them until their cards are gone; those that come next are decoded, so
 * that a card paints whole.
 */
export function keepPictures(urls: string[]) {
  for (const url of kept.keys()) if (!urls.includes(url)) kept.delete(url)
  for (const [index, url] of urls.entries()) {
    const image = kept.get(url) ?? fetchPicture(url)
    if (index < mostDecoded) image.decode().catch(() => kept.delete(url))
  }
}

/** A picture that fails here is asked for again by its card, which then says so. */
function fetchPicture(url: string): HTMLImageElement {
  const image = new Image()
  image.onerror = () => kept.delete(url)
  image.src = url
  kept.set(url, image)
  return image
}
