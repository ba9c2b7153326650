import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { InputError } from '#server/core/problem.ts'
import { openZip } from '#server/formats/zip.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zip-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Content {
  name: string
  bytes: Buffer
  mode?: number
}

/** Writes an archive; `change` may spoil its bytes first. */
async function archive(contents: Content[], change: (bytes: Buffer) => Buffer = (bytes) => bytes): Promise<string> {
  const zip = new ZipFile()
  for (const { name, bytes, mode = 0o100644 } of contents) zip.addBuffer(bytes, name, { mode })
  zip.end()
  const path = join(folder, 'archive.zip')
  await writeFile(path, change(await buffer(zip.outputStream)))
  return path
}

/** Puts another name of the same length in both headers of an entry. */
function renamed(from: string, to: string) {
  return (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')
}

const text = (content: string) => Buffer.from(content)

test('files are listed and read as a whole or as a stream; folders are left out', async () => {
  const zip = new ZipFile()
  zip.addEmptyDirectory('png')
  zip.addBuffer(text('[1, 2]'), 'test/questions.json')
  zip.addBuffer(text('é'.repeat(5000)), 'png/bild é.png')
  zip.end()
  const path = join(folder, 'good.zip')
  await writeFile(path, await buffer(zip.outputStream))

  await using opened = await openZip(path)
  expect(opened.entries).toEqual([
    { name: 'test/questions.json', bytes: 6 },
    { name: 'png/bild é.png', bytes: 10_000 },
  ])
  expect(Buffer.from(await opened.read('test/questions.json')).toString()).toBe('[1, 2]')
  expect((await buffer(await opened.stream('png/bild é.png'))).toString()).toBe('é'.repeat(5000))
  await expect(opened.read('png/none.png')).rejects.toThrow('good.zip has no file png/none.png inside')
})

test.for([
  ['ab/secret.txt', '../secret.txt'],
  ['a/bb/secret.txt', 'a/../secret.txt'],
  ['xetc/passwd', '/etc/passwd'],
  ['cd/windows.txt', 'c:/windows.txt'],
  ['ab.secret', 'a\\.secret'],
] as const)('%s renamed to %s is refused, for its path leads out', async ([from, to]) => {
  const path = await archive([{ name: from, bytes: text('x') }], renamed(from, to))
  await expect(openZip(path)).rejects.toThrow(InputError)
})

test('a symbolic link is refused', async () => {
  const path = await archive([{ name: 'link', bytes: text('/etc/passwd'), mode: 0o120777 }])
  await expect(openZip(path)).rejects.toThrow('archive.zip is refused: "link" is a link or a device, not a file')
})

test('an entry that unpacks a thousand to one is refused before it is unpacked', async () => {
  const path = await archive([{ name: 'zeros.bin', bytes: Buffer.alloc(8 * 1024 ** 2) }])
  await expect(openZip(path)).rejects.toThrow(/"zeros\.bin" unpacks \d{3,4} to one; the limit is 100 to one/)
})

test('two entries of one name are refused', async () => {
  const contents = [
    { name: 'one.txt', bytes: text('1') },
    { name: 'two.txt', bytes: text('2') },
  ]
  await expect(openZip(await archive(contents, renamed('two.txt', 'one.txt')))).rejects.toThrow(
    '"one.txt" is there twice',
  )
})

test('two entries over the same bytes are refused', async () => {
  const contents = ['one.txt', 'two.txt'].map((name) => ({ name, bytes: text('the same bytes') }))
  const path = await archive(contents, (bytes) => {
    const second = bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
    bytes.writeUInt32LE(0, second + 42)
    return bytes
  })
  await expect(openZip(path)).rejects.toThrow('shares its bytes with another entry')
})

test('an entry longer than its directory says is stopped', async () => {
  const path = await archive([{ name: 'liar.txt', bytes: text('a'.repeat(4000)) }], (bytes) => {
    bytes.writeUInt32LE(100, bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1')) + 24)
    return bytes
  })
  await using opened = await openZip(path)
  await expect(opened.read('liar.txt')).rejects.toThrow('archive.zip is refused: "liar.txt" cannot be unpacked')
})

test('an encrypted entry is refused', async () => {
  const path = await archive([{ name: 'locked.txt', bytes: text('a') }], (bytes) => {
    const entry = bytes.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'))
    bytes.writeUInt16LE(bytes.readUInt16LE(entry + 8) | 1, entry + 8)
    return bytes
  })
  await expect(openZip(path)).rejects.toThrow('"locked.txt" is encrypted')
})

test('a file that breaks off, is no zip or is missing is named in one sentence', async () => {
  const path = await archive([{ name: 'a.txt', bytes: text('a') }])
  await writeFile(path, (await readFile(path)).subarray(0, 40))
  await expect(openZip(path)).rejects.toThrow(/^archive\.zip cannot be opened as a zip file \(.*\); download it again$/)
  await expect(openZip(join(folder, 'none.zip'))).rejects.toThrow(/^none\.zip cannot be opened .*ENOENT/)
})
