import { expect, it } from 'vitest'
import { createTaskGroup } from './taskGroup'

it('waits at its end until all work has really ended', async () => {
  const ended: string[] = []
  const group = createTaskGroup(name => ended.push(`crash ${name}`))
  group.start('slow', async signal => {
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    await Promise.resolve()
    ended.push('slow')
  })
  expect(group.running).toEqual(['slow'])
  await group[Symbol.asyncDispose]()
  expect(ended).toEqual(['slow'])
  expect(group.running).toEqual([])
})

it('tells a crash once, but not the end that it asked for itself', async () => {
  const crashes: string[] = []
  const group = createTaskGroup(name => crashes.push(name))
  group.start('broken', async () => {
    throw new Error('broken')
  })
  group.start('aborted', async signal => {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
  })
  await Promise.resolve()
  await group[Symbol.asyncDispose]()
  expect(crashes).toEqual(['broken'])
})
