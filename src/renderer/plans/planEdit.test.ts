import { describe, expect, it } from 'vitest'
import type { PlanName } from '../../contract/ids'
import { WALK } from '../gallery/planDrafts'
import {
  beginEdit,
  EMPTY_DOCKER,
  freeTrackName,
  isChanged,
  isHeldBack,
  newPlan,
  newTrack,
  unreadProblems,
  withEngine,
  withField,
  withoutTrack,
  withTrack,
  withTrackMoved,
  withTrackNamed,
  withUnread,
} from './planEdit'

const edit = beginEdit(WALK, 'tft-walk-forward' as PlanName)
const names = (of: typeof edit) => of.draft.tracks.map(track => track.name)

describe('a plan while it is edited', () => {
  it('is changed by a field and unchanged by the way back', () => {
    const changed = withField(edit, ['tracks', 1, 'env', 0, 'value'], '8')
    expect(changed.draft.tracks[1]?.env[0]).toEqual({ name: 'OMP_NUM_THREADS', value: '8' })
    expect([isChanged(edit), isChanged(changed)]).toEqual([false, true])
    expect(isChanged(withField(changed, ['tracks', 1, 'env', 0, 'value'], '6'))).toBe(false)
    expect(changed.draft.tracks[0]).toBe(WALK.tracks[0])
  })

  it('keeps a track’s id, and a number that cannot be read, where the track goes', () => {
    const wrong = withUnread(edit, ['tracks', 0, 'workers'], 'two')
    const moved = withTrackMoved(wrong, 0, 1)
    expect(names(moved)).toEqual(['train', 'features', 'baseline', 'report'])
    expect(moved.ids).toEqual([2, 1, 3, 4])
    expect(unreadProblems(moved)).toEqual([
      { path: ['tracks', 1, 'workers'], message: '“two” cannot be read.', fix: 'Write a number, like 20.' },
    ])
    expect(isChanged(wrong)).toBe(true)
    expect(unreadProblems(withField(moved, ['tracks', 1, 'workers'], 2))).toEqual([])
    expect(unreadProblems(withoutTrack(moved, 1))).toEqual([])
    expect(withTrackMoved(edit, 0, -1)).toBe(edit)
  })

  it('goes on waiting for a track under its new name, and no more for one that is gone', () => {
    const renamed = withTrackNamed(edit, 0, 'prices')
    expect(renamed.draft.tracks.map(track => track.after)).toEqual([
      [],
      ['prices'],
      ['prices'],
      ['train', 'baseline'],
    ])
    expect(withoutTrack(renamed, 0).draft.tracks.map(track => track.after)).toEqual([
      [],
      [],
      ['train', 'baseline'],
    ])
  })

  it('opens a track that is added, under a name that is free', () => {
    const added = withTrack(edit, newTrack(freeTrackName(WALK.tracks)))
    expect([names(added).at(-1), added.ids.at(-1), added.open]).toEqual(['track-5', 5, [5]])
  })

  it('gets containers with docker, and loses only those that hold nothing', () => {
    const docker = withEngine(edit, 'docker')
    expect(docker.draft.tracks.map(track => track.docker)).toEqual(Array(4).fill(EMPTY_DOCKER))
    const one = withField(docker, ['tracks', 0, 'docker', 'image'], 'bots:1')
    expect(withEngine(one, 'process').draft.tracks.map(track => track.docker?.image ?? null)).toEqual([
      'bots:1',
      null,
      null,
      null,
    ])
  })

  it('gives every new track of a plan of containers a block to fill in', () => {
    const docker = beginEdit({ ...newPlan(), engine: 'docker' }, null)
    const added = withTrack(docker, newTrack('two'))
    expect(added.draft.tracks.map(track => track.docker)).toEqual([EMPTY_DOCKER, EMPTY_DOCKER])
    expect(isChanged(docker)).toBe(false)
  })

  it('says nothing of a field that nobody has filled in, until a save was tried', () => {
    const fresh = beginEdit(newPlan(), null)
    const missing = { path: ['tracks', 0, 'command'], message: 'The command is missing.', fix: '' }
    expect(isHeldBack(fresh, missing)).toBe(true)
    expect(isHeldBack({ ...fresh, wasTried: true }, missing)).toBe(false)
    expect(isHeldBack(withField(edit, ['tracks', 0, 'command'], ''), missing)).toBe(false)
  })
})
