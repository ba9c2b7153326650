/** Where a paper can be read: "arXiv:2203.10244", DOIs and addresses have one, other words have none. */
export function paperAddress(paper: string): string | null {
  if (/^https:\/\/\S+$/.test(paper)) return paper
  const arxiv = /^arXiv:(\d{4}\.\d{4,5})/i.exec(paper)
  if (arxiv) return `https://arxiv.org/abs/${arxiv[1]}`
  const doi = /^(?:doi:)?(10\.\d{4,}\/\S+)$/i.exec(paper)
  return doi ? `https://doi.org/${doi[1]}` : null
}
