import { describe, expect, it } from 'vitest'
import type { PlanName } from '../../contract/ids'
import { viewOf, WALK } from '../gallery/planDrafts'
import type { StartChoice } from './planStore'
import { choiceOf, orderWords, startDraft } from './startDraft'

const view = viewOf(WALK)
const choice = (rest: Partial<StartChoice>): StartChoice => ({
  plan: WALK.name as PlanName,
  without: [],
  workers: {},
  ...rest,
})

describe('a start of some tracks', () => {
  it('asks for the whole plan when nothing was chosen away', () => {
    expect(choiceOf(view, choice({ workers: { train: '2' } }))).toBe(null)
  })

  it('names what is chosen, and the workers that are not the plan’s', () => {
    expect(choiceOf(view, choice({ without: ['features', 'report'], workers: { train: ' 1 ' } }))).toEqual([
      { track: 'train', workers: 1 },
      { track: 'baseline', workers: null },
    ])
  })

  it('is checked as the plan would be without the others', () => {
    const draft = startDraft(
      WALK,
      view,
      choice({ without: ['features', 'train'], workers: { baseline: '9' } }),
    )
    expect(draft?.tracks.map(({ name, workers, after }) => [name, workers, after])).toEqual([
      ['baseline', 9, []],
      ['report', 1, ['baseline']],
    ])
    expect(startDraft(WALK, view, choice({ without: WALK.tracks.map(track => track.name) }))).toBe(null)
  })

  it('says what is waited for, and why not', () => {
    const report = { after: ['train', 'baseline'] as never }
    expect([
      orderWords({ after: [] }, []),
      orderWords(report, []),
      orderWords(report, ['train']),
      orderWords(report, ['train', 'baseline']),
    ]).toEqual([
      'starts at once',
      'after train and baseline',
      'after baseline; train is not chosen',
      'starts at once, since train and baseline are not chosen',
    ])
  })
})
