import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isRunning, processName, withLock } from '#server/core/postgres/process-lock.ts'
import { StartError } from '#server/core/problem.ts'

let folder: string
let lock: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arena-lock-'))
  lock = join(folder, 'lock')
})

afterEach(() => rmSync(folder, { recursive: true }))

/** Twenty at once under one lock; the most that were ever inside together. */
async function crowd(): Promise<number> {
  let inside = 0
  let most = 0
  const enter = async () => {
    most = Math.max(most, ++inside)
    await sleep(2)
    inside--
  }
  await Promise.all(Array.from({ length: 20 }, () => withLock(lock, enter)))
  return most
}

/** The name of a process that has ended. */
async function nameOfTheDead(): Promise<string> {
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const name = processName(child.pid ?? 0)
  child.kill()
  await once(child, 'exit')
  return name ?? ''
}

test('a lock lets one in at a time and leaves nothing behind', async () => {
  expect(await crowd()).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('the lock of a dead process is taken over by one of the many who wait', async () => {
  symlinkSync(`${await nameOfTheDead()}-cafe0001`, lock)
  expect(await crowd()).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('a process that died while it took over a dead lock is taken over from, too', async () => {
  const dead = `${await nameOfTheDead()}-cafe0001`
  symlinkSync(dead, lock)
  symlinkSync(`${await nameOfTheDead()}-cafe0002`, `${lock}.${dead}`)
  expect(await crowd()).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('a lock whose pid was given to another process since is dead', async () => {
  symlinkSync(`${process.pid}-1-cafe0001`, lock)
  expect(await crowd()).toBe(1)
})

test('a lock that says nothing readable is dead', async () => {
  symlinkSync('nobody', lock)
  expect(await crowd()).toBe(1)
})

test('a lock is given back when the action fails', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(lock)).toBe(false)
})

test('who waits too long for a living process is told its pid and the file', async () => {
  symlinkSync(`${processName(process.pid)}-cafe0001`, lock)
  const waiting = withLock(lock, async () => {}, 30)
  await expect(waiting).rejects.toBeInstanceOf(StartError)
  await expect(waiting).rejects.toThrow(`Process ${process.pid} has held ${lock}`)
})

test('a process that has ended is not running, one that lives is', async () => {
  expect(isRunning(await nameOfTheDead())).toBe(false)
  expect(isRunning(processName(process.pid) ?? '')).toBe(true)
})
