import type { PlanName } from '../../contract/ids'
import type { PlanDraft, PlanPreview } from '../../contract/plans'
import { beginEdit, newPlan, newTrack, type PlanEdit } from '../plans/planEdit'
import { initialPlans, type PlanState } from '../plans/planStore'
import type { FleetState } from '../state/fleetStore'
import type { ScreenState } from '../views/screenStore'
import type { GalleryFleet } from './fleets'
import { bigPlan, CONTAINER_NODES, CONTAINERS, previewOf, viewOf, WALK, WALK_NODES } from './planDrafts'
import { plan } from './plans'
import type { Scene, SceneReplies } from './scenes'

type Day = (state?: Partial<FleetState>, screen?: Partial<ScreenState>, fleet?: GalleryFleet) => Scene

const KELLY = plan('kelly-monte-carlo', ['this-pc', 'pc2', 'hp-server'], 7)
const PLANS = [
  KELLY,
  viewOf(WALK),
  viewOf(CONTAINERS, 'Docker is not installed on pc2.'),
  plan('nightly-backtests-of-every-strategy-over-all-years-and-seeds', ['this-pc'], 1),
]
const NONE: PlanPreview = { problems: [], workers: [], nodes: [], steps: [] }
const KEYCHAIN = { place: 'keychain', detail: 'the keychain of this computer (Secret Service)' } as const

const MISSING: PlanPreview = {
  ...NONE,
  problems: [
    { path: ['name'], message: 'The plan has no name.', fix: 'Give it one.' },
    { path: ['tracks', 0, 'command'], message: 'The command is missing.', fix: 'Write what is started.' },
  ],
}

const answers = (draft: PlanDraft, preview: PlanPreview): SceneReplies => ({
  readPlan: async () => draft,
  checkPlan: async () => preview,
  secretsPlace: async () => KEYCHAIN,
})

/** The editor with an edit that was checked already: nothing in a picture waits. */
function editing(day: Day, edit: PlanEdit, preview: PlanPreview, more: Partial<PlanState> = {}): Scene {
  const key = edit.replaces ?? ''
  return {
    ...day({ plans: PLANS }, { screen: 'plan', editedPlan: edit.replaces }),
    plans: {
      ...initialPlans,
      edits: { [key]: edit },
      checked: { key, draft: edit.draft, preview, problem: null },
      ...more,
    },
    answers: answers(edit.draft, preview),
  }
}

const walk = (rest: Partial<PlanEdit> = {}): PlanEdit => ({
  ...beginEdit(WALK, WALK.name as PlanName),
  open: [2],
  ...rest,
})
const WALK_PREVIEW = previewOf(WALK, WALK_NODES)

const WRONG: PlanDraft = {
  ...WALK,
  name: 'walk forward',
  tracks: [
    { ...newTrack('train'), workers: 0, env: [{ name: '1ST', value: 'x' }], after: ['features'], on: [] },
    { ...newTrack('train'), command: 'python3 baseline.py', logs: [''] },
  ],
}
const PROBLEMS: PlanPreview = {
  ...NONE,
  problems: [
    { path: ['name'], message: 'A name has no blanks.', fix: 'Write walk-forward.' },
    { path: ['tracks', 0, 'workers'], message: 'There is at least one worker.', fix: 'Write 1 to 256.' },
    { path: ['tracks', 0, 'on'], message: 'The track goes to no node.', fix: 'Choose one.' },
    { path: ['tracks', 0, 'command'], message: 'The command is missing.', fix: 'Write what is started.' },
    {
      path: ['tracks', 0, 'env', 0, 'name'],
      message: '1ST is not the name of a variable.',
      fix: 'Begin with a letter or _.',
    },
    {
      path: ['tracks', 0, 'after', 0],
      message: 'There is no track features.',
      fix: 'Choose another, or none.',
    },
    { path: ['tracks', 1, 'name'], message: 'Two tracks are called train.', fix: 'Give one another name.' },
  ],
}

const starting = (day: Day, without: readonly string[], workers: Record<string, string> = {}): Scene => ({
  ...day({ plans: PLANS, runs: [] }, { plan: WALK.name as PlanName }),
  plans: { ...initialPlans, start: { plan: WALK.name as PlanName, without, workers } },
  answers: {
    readPlan: async () => WALK,
    checkPlan: async draft => previewOf(draft, WALK_NODES),
  },
})

/** Every state of the screens by which plans are made, changed and started in part. */
export const planScenes = (day: Day, fifty: GalleryFleet): Readonly<Record<string, () => Scene>> => ({
  plans: () => day({ plans: PLANS }, { screen: 'runs' }),
  'plans-none': () => day({ plans: [], runs: [], results: [] }, { screen: 'runs' }),
  'plan-new': () => editing(day, beginEdit(newPlan(), null), MISSING),
  plan: () => editing(day, walk(), WALK_PREVIEW),
  'plan-changed': () => editing(day, { ...walk(), base: { ...WALK, name: 'walk' } }, WALK_PREVIEW),
  'plan-docker': () => {
    return editing(
      day,
      beginEdit(CONTAINERS, CONTAINERS.name as PlanName),
      previewOf(CONTAINERS, CONTAINER_NODES),
    )
  },
  'plan-problems': () => {
    const edit = beginEdit(WRONG, WALK.name as PlanName)
    return editing(
      day,
      { ...edit, base: WALK, unread: { '#.1.graceSeconds': 'soon' }, wasTried: true },
      PROBLEMS,
    )
  },
  'plan-leaving': () =>
    editing(day, { ...walk(), base: { ...WALK, name: 'walk' } }, WALK_PREVIEW, {
      leaving: WALK.name as PlanName,
    }),
  'plan-refused': () =>
    editing(day, { ...walk(), base: { ...WALK, name: 'walk' } }, WALK_PREVIEW, {
      problem: { what: 'fleet.yaml has a mistake in line 12.', fix: 'Correct it there, then save again.' },
    }),
  'plan-gone': () => ({
    ...day({ plans: PLANS }, { screen: 'plan', editedPlan: 'kelly' as PlanName }),
    answers: {
      readPlan: async () => {
        throw Object.assign(new Error('There is no plan called kelly.'), {
          data: { hint: 'Look into fleet.yaml.' },
        })
      },
    },
  }),
  'plan-64': () => {
    const { draft, preview } = bigPlan(fifty.nodes.map(node => node.name))
    const edit = beginEdit(draft, draft.name as PlanName)
    const base = day({ plans: [viewOf(draft)] }, {}, fifty)
    const { screen, plans = initialPlans, answers: replies = {} } = editing(day, edit, preview)
    return { ...base, screen, plans, answers: replies }
  },
  'start-tracks': () => starting(day, []),
  'start-tracks-some': () => starting(day, ['features'], { train: '1', baseline: 'x' }),
})
