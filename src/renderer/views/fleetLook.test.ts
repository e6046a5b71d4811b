// @vitest-environment jsdom
import { expect, it } from 'vitest'
import { createFleetLook, PLAIN_LOOK } from './fleetLook'

function memory(text: string | null) {
  const kept = new Map<string, string>()
  if (text !== null) kept.set('drydock.fleetLook', text)
  return {
    getItem: (key: string): string | null => kept.get(key) ?? null,
    setItem: (key: string, value: string): void => void kept.set(key, value),
  }
}

it('is remembered on this computer', () => {
  const storage = memory(null)
  createFleetLook(storage).setState({ layout: 'heat', heat: 'VRAM', groupBy: 1, folded: ['rack-a'] })
  expect(createFleetLook(storage).getState()).toEqual({
    density: 'auto',
    layout: 'heat',
    heat: 'VRAM',
    groupBy: 1,
    folded: ['rack-a'],
  })
})

it('takes nothing from what is broken or was never there', () => {
  for (const text of [
    '{',
    '[]',
    '7',
    '{"layout":"pie","groupBy":-1,"folded":[3],"density":1,"heat":"FAN"}',
    null,
  ])
    expect(createFleetLook(memory(text)).getState()).toEqual(PLAIN_LOOK)
})
