// @vitest-environment jsdom
import { expect, it } from 'vitest'
import { createJoinStore } from './joinStore'

it('never offers again on this computer what was taken or dismissed once', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const store = createJoinStore(storage)
  store.setState({ dialog: { kind: 'add' } })
  expect([store.getState().isOfferOver, kept.size]).toEqual([false, 0])
  store.setState({ isOfferOver: true })
  expect(createJoinStore(storage).getState()).toMatchObject({ isOfferOver: true, dialog: null })
})
