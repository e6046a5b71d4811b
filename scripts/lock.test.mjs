// @ts-check
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { withLock } from './lock.mjs'

const ignore = { onWait: () => {} }

it.runIf(process.platform === 'linux')('lets one do its work at a time', async () => {
  const name = `test ${process.pid} order`
  /** @type {string[]} */
  const said = []
  const work = (/** @type {string} */ who) => async () => {
    said.push(`${who} begins`)
    await new Promise(resolve => setImmediate(resolve))
    said.push(`${who} ends`)
    return who
  }
  const all = ['a', 'b', 'c'].map(who => withLock(name, ignore, work(who)))
  expect(await Promise.all(all)).toEqual(['a', 'b', 'c'])
  for (let at = 0; at < said.length; at += 2) {
    expect(said[at + 1]).toBe(said[at]?.replace('begins', 'ends'))
  }
})

it.runIf(process.platform === 'linux')('gives the lock back when the work fails', async () => {
  const name = `test ${process.pid} failure`
  const failing = withLock(name, ignore, () => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(await withLock(name, ignore, async () => 'next')).toBe('next')
})

it.runIf(process.platform === 'linux')('takes over from a process that was killed', async () => {
  const name = `test ${process.pid} death`
  const script = `import(${JSON.stringify(join(import.meta.dirname, 'lock.mjs'))}).then(({ withLock }) =>
    withLock(${JSON.stringify(name)}, { onWait() {} }, () => {
      console.log('held')
      return new Promise(() => setInterval(() => {}, 1000))
    }))`
  const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  /** @type {() => void} */
  let noticed = () => {}
  const waiting = new Promise(resolve => {
    noticed = () => resolve(undefined)
  })
  const mine = withLock(name, { onWait: noticed }, async () => 'mine')
  await waiting
  holder.kill('SIGKILL')
  expect(await mine).toBe('mine')
})
