import { expect, it } from 'vitest'
import { createMemorySecrets } from '../kernel/secretStore'
import { createPlanSecrets } from './planSecrets'

it('knows which secrets have a value once it has looked, and tells of every change', async () => {
  const store = createMemorySecrets('a test')
  await store.set('plan secret OLD', 'x')
  let changes = 0
  const secrets = createPlanSecrets(store, () => (changes += 1))
  const set = (): string[] => ['OLD', 'NEW'].filter(name => secrets.isSet(name))
  expect(set()).toEqual([])
  await secrets.look(['OLD', 'NEW'])
  expect([set(), changes]).toEqual([['OLD'], 1])
  await secrets.look(['OLD', 'NEW'])
  expect(changes).toBe(1)
  await secrets.set('NEW', 'y')
  expect([set(), changes]).toEqual([['OLD', 'NEW'], 2])
  await secrets.remove('OLD')
  expect([set(), changes]).toEqual([['NEW'], 3])
  expect(await secrets.get('NEW')).toBe('y')
})

it('believes a value that is given while the keychain is still looking', async () => {
  const store = createMemorySecrets('a test')
  let answers = (): void => {}
  const answer = new Promise<null>(resolve => {
    answers = () => resolve(null)
  })
  let asked = 0
  const slow = { ...store, get: (name: string) => ((asked += 1) === 1 ? answer : store.get(name)) }
  const secrets = createPlanSecrets(slow, () => {})
  const looking = secrets.look(['NEW'])
  await secrets.set('NEW', 'y')
  answers()
  await looking
  expect(secrets.isSet('NEW')).toBe(true)
})
