/** Address of a picture, at most `width` pixels wide. */
export const imageUrl = (sha256: string, width?: number) => `/api/v1/images/${sha256}${width ? `?w=${width}` : ''}`
