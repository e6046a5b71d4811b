// @vitest-environment jsdom
import { expect, it } from 'vitest'
import type { PlanName } from '../../contract/ids'
import { WALK } from '../gallery/planDrafts'
import { beginEdit, withField } from './planEdit'
import { createPlanStore } from './planStore'

function createStorage(text: string | null = null) {
  let kept = text
  return { getItem: () => kept, setItem: (_: string, value: string) => void (kept = value) }
}
/** As a version kept it whose tracks had fewer fields. */
const OLDER = JSON.stringify([{ replaces: null, base: WALK, draft: { ...WALK, tracks: [{ name: 'one' }] } }])
const name = WALK.name as PlanName

it('what is changed and not saved is there after a crash; what is as it was read is not kept', () => {
  const storage = createStorage()
  const store = createPlanStore(storage)
  const changed = withField(beginEdit(WALK, name), ['tracks', 0, 'workers'], 3)
  store.setState({
    edits: { [name]: changed, other: beginEdit({ ...WALK, name: 'other' }, 'other' as PlanName) },
  })
  const { edits } = createPlanStore(storage).getState()
  expect(Object.keys(edits)).toEqual([name])
  expect([edits[name]?.draft, edits[name]?.base]).toEqual([changed.draft, WALK])
})

it.each(['', '{', 'null', '[1, null]', '[{"replaces":"a","draft":{},"base":{}}]', OLDER])(
  'what was kept as %s begins with nothing',
  text => expect(createPlanStore(createStorage(text)).getState().edits).toEqual({}),
)
