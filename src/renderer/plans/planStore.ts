import { createStore, useStore } from 'zustand'
import type { PlanName } from '../../contract/ids'
import type { PlanDraft, PlanPreview } from '../../contract/plans'
import type { ActionProblem } from '../views/screenStore'
import { beginEdit, isChanged, newPlan, newTrack, type PlanEdit } from './planEdit'

/** What the newest check said of an edit's draft. */
export interface Checked {
  /** Whose edit it is of. */
  readonly key: string
  readonly draft: PlanDraft
  readonly preview: PlanPreview | null
  /** Why it could not be checked. */
  readonly problem: ActionProblem | null
}

/** The start dialog: which tracks, and how many workers a node. */
export interface StartChoice {
  readonly plan: PlanName
  /** Tracks that are not to start. */
  readonly without: readonly string[]
  /** By track, as typed; absent: as the plan has it. */
  readonly workers: Readonly<Record<string, string>>
}

export interface PlanState {
  /** By the plan's name; a new plan's under `''`. They outlive the screen that shows them. */
  readonly edits: Readonly<Record<string, PlanEdit>>
  readonly checked: Checked | null
  /** null: the start dialog is closed. */
  readonly start: StartChoice | null
  /** The edit whose changes somebody is about to leave. */
  readonly leaving: PlanName | '' | null
  /** Secrets that were set or taken away here, before the fleet says so. */
  readonly secrets: Readonly<Record<string, boolean>>
  readonly isSaving: boolean
  /** Why the last save was refused. */
  readonly problem: ActionProblem | null
  /** The last thing that went well, told aloud. */
  readonly said: string
}

export const initialPlans: PlanState = {
  edits: {},
  checked: null,
  start: null,
  leaving: null,
  secrets: {},
  isSaving: false,
  problem: null,
  said: '',
}

const KEY = 'drydock.plans'

/** The state of these screens. What is changed and not saved is kept in `storage`, so that no crash loses it. */
export function createPlanStore(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const store = createStore<PlanState>(() => ({ ...initialPlans, edits: keptIn(storage) }))
  store.subscribe((now, before) => {
    if (now.edits === before.edits) return
    const changed = Object.values(now.edits).filter(isChanged)
    storage.setItem(
      KEY,
      JSON.stringify(changed.map(({ replaces, base, draft }) => ({ replaces, base, draft }))),
    )
  })
  return store
}

/** What cannot be read, an older version's, is left alone. */
function keptIn(storage: Pick<Storage, 'getItem'>): Readonly<Record<string, PlanEdit>> {
  const edits: Record<string, PlanEdit> = {}
  for (const one of listIn(storage.getItem(KEY))) {
    const { replaces, base, draft } = one as { replaces?: unknown; base?: unknown; draft?: unknown }
    if (!isDraft(base) || !isDraft(draft)) continue
    const plan = typeof replaces === 'string' ? (replaces as PlanName) : null
    edits[plan ?? ''] = { ...beginEdit(draft, plan), base }
  }
  return edits
}

/** By its fields alone, because a schema would make the first screen wait for it: nobody but this store writes them. */
const isDraft = (value: unknown): value is PlanDraft =>
  hasFields(value, newPlan()) &&
  'tracks' in value &&
  Array.isArray(value.tracks) &&
  value.tracks.every(track => hasFields(track, newTrack('')))

const hasFields = (value: unknown, like: object): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).toSorted().join() === Object.keys(like).toSorted().join()

function listIn(text: string | null): readonly object[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list)
      ? list.filter((one): one is object => typeof one === 'object' && one !== null)
      : []
  } catch {
    // Cut off by a crash while it was written: there is nothing to begin with.
    return []
  }
}

export const planStore = createPlanStore(localStorage)
export const usePlans = <T>(select: (state: PlanState) => T): T => useStore(planStore, select)

/** Changes the edit under this key; nothing when there is none. */
export function changeEdit(key: string, change: (edit: PlanEdit) => PlanEdit): void {
  planStore.setState(({ edits }) => {
    const edit = edits[key]
    if (edit === undefined) return {}
    const next = change(edit)
    return next === edit ? {} : { edits: { ...edits, [key]: next }, said: '' }
  })
}

export const setEdit = (key: string, edit: PlanEdit | null): void =>
  planStore.setState(({ edits }) => {
    const { [key]: _old, ...rest } = edits
    return { edits: edit === null ? rest : { ...rest, [key]: edit } }
  })

/** The name that `key` stands for; null: a new plan. */
export const planOf = (key: string): PlanName | null => (key === '' ? null : (key as PlanName))
