// @ts-check
import { expect, it } from 'vitest'
import { missingNeeds } from './system.mjs'

/** @type {import('./system.mjs').Need[]} */
const THERE = [
  { by: { command: 'node' }, packages: ['nodejs'] },
  { by: { folder: import.meta.dirname }, packages: ['here'] },
]
/** @type {import('./system.mjs').Need[]} */
const NOT_THERE = [
  { by: { command: 'no-such-program-anywhere' }, packages: ['a'] },
  { by: { folder: '/no/such/folder' }, packages: ['b'] },
]

it('names what is not there, each thing once', () => {
  expect(missingNeeds([...THERE, ...NOT_THERE, ...NOT_THERE])).toEqual(NOT_THERE)
})

it.runIf(process.platform === 'linux')('asks the dynamic linker for libraries', () => {
  /** @type {import('./system.mjs').Need} */
  const libc = { by: { library: 'libc.so.6' }, packages: ['libc6'] }
  /** @type {import('./system.mjs').Need} */
  const none = { by: { library: 'libnothing.so.9' }, packages: ['libnothing9t64', 'libnothing9'] }
  expect(missingNeeds([libc, none])).toEqual([none])
})
