import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDataFiles } from '#server/datasets/data-files.ts'

async function makeFolder() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'data-files-')))
  await writeFile(join(folder, 'secret.png'), 'secret')
  const root = join(folder, 'data')
  await mkdir(join(root, 'png'), { recursive: true })
  await writeFile(join(root, 'png/a.png'), 'picture')
  return { folder, root }
}

test('a link that stays in the data is read, and one that leaves it is not there', async () => {
  const { folder, root } = await makeFolder()
  await symlink('a.png', join(root, 'png/b.png'))
  await symlink('../../secret.png', join(root, 'png/c.png'))
  await symlink(join(folder, 'secret.png'), join(root, 'd.png'))
  await symlink('/etc/passwd', join(root, 'e.png'))
  await symlink('nowhere', join(root, 'f.png'))
  await symlink('..', join(root, 'up'))
  await symlink('.', join(root, 'round'))
  await symlink('..', join(root, 'png/round'))
  await symlink('png', join(root, 'same'))
  await mkdir(`${root}-beside`)
  await writeFile(`${root}-beside/g.png`, 'secret')
  await symlink('../data-beside/g.png', join(root, 'g.png'))
  const files = await openDataFiles(root)
  expect(files.names).toEqual(['png/a.png', 'png/b.png', 'same/a.png', 'same/b.png'])
  expect(Buffer.from((await files.picture('b.png')).bytes as Uint8Array).toString()).toBe('picture')
})

test.each(['../../secret.png', '../secret.png', '/etc/passwd', 'png/../../secret.png', 'c.png', '..', ''])(
  'a picture that the data calls %j is not looked for outside it',
  async (name) => {
    const { root } = await makeFolder()
    const files = await openDataFiles(root)
    await expect(files.picture(name)).rejects.toThrow(/is named by the data but is not below/)
  },
)

test('the links of a cache of the hub lead to its own files, and to no other', async () => {
  const { folder } = await makeFolder()
  const repository = join(folder, 'datasets--maker--set')
  const snapshot = join(repository, 'snapshots/0123abc')
  await mkdir(join(snapshot, 'data'), { recursive: true })
  await mkdir(join(repository, 'blobs'))
  await writeFile(join(repository, 'blobs/aa'), '[]')
  await symlink('../../../blobs/aa', join(snapshot, 'data/test.json'))
  await symlink('../../../../secret.png', join(snapshot, 'data/secret.json'))
  const files = await openDataFiles(snapshot)
  expect(files.names).toEqual(['data/test.json'])
  expect(await files.json('data/test.json')).toEqual([])
})
