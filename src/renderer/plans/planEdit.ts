import type { PlanName } from '../../contract/ids'
import type { DockerDraft, DraftProblem, PlanDraft, TrackDraft } from '../../contract/plans'

/** The contract's own limit. */
export const MOST_TRACKS = 64
/** So many tracks stand open from the beginning; of more, only their heads. */
const OPEN_AT_MOST = 3

/** A plan while it is changed. */
export interface PlanEdit {
  /** The plan that it replaces; null: a new one. */
  readonly replaces: PlanName | null
  /** As it was read or last saved. */
  readonly base: PlanDraft
  readonly draft: PlanDraft
  /** One a track, in their order: a track keeps its own through renaming and moving. */
  readonly ids: readonly number[]
  /** Numbers as they are typed and cannot be read, by the field's key (`fieldKey`). */
  readonly unread: Readonly<Record<string, string>>
  /** A save was tried: fields that were never filled in are wrong from then on. */
  readonly wasTried: boolean
  /** Ids of the tracks whose fields are shown. */
  readonly open: readonly number[]
}

export type FieldPath = readonly (string | number)[]

export const EMPTY_DOCKER: DockerDraft = {
  image: '',
  pull: 'missing',
  build: null,
  containerName: null,
  onConflict: 'suffix',
  network: null,
  mounts: [],
  envFile: null,
  gpus: null,
  cpus: null,
  memory: null,
  shm: null,
  init: true,
}

/** What a track is before anything is said of it: the defaults of `fleet.yaml`. */
export const newTrack = (name: string): TrackDraft => ({
  name,
  on: 'all',
  workers: 1,
  command: '',
  workdir: null,
  env: [],
  needs: { cpu: null, gpu: null, memGiB: null, diskGiB: null },
  progress: { json: true },
  stopSignal: 'TERM',
  graceSeconds: 20,
  drainSignal: null,
  drainSeconds: 60,
  secrets: [],
  clientId: null,
  after: [],
  limitSeconds: null,
  aliveSeconds: 2,
  onFailure: 'warn',
  logs: [],
  docker: null,
})

export const newPlan = (): PlanDraft => ({
  name: '',
  engine: 'process',
  prerequisite: null,
  tracks: [newTrack('main')],
  cleanup: null,
  preflight: [],
})

/** An edit in which nothing is changed yet. */
export function beginEdit(read: PlanDraft, replaces: PlanName | null): PlanEdit {
  const draft = read.engine === 'docker' ? { ...read, tracks: read.tracks.map(withContainer) } : read
  const ids = draft.tracks.map((_, at) => at + 1)
  const open = ids.length <= OPEN_AT_MOST ? ids : []
  return { replaces, base: draft, draft, ids, unread: {}, wasTried: false, open }
}

/** With a block to fill in. */
const withContainer = (track: TrackDraft): TrackDraft =>
  track.docker === null ? { ...track, docker: EMPTY_DOCKER } : track

/** Whether anything would be lost if it were thrown away. */
export const isChanged = ({ base, draft, unread }: PlanEdit): boolean =>
  Object.keys(unread).length > 0 || (base !== draft && JSON.stringify(base) !== JSON.stringify(draft))

/** Where a field's text is kept that cannot be read: tracks by their id, which stays when they move. */
export function fieldKey(edit: Pick<PlanEdit, 'ids'>, path: FieldPath): string {
  const [first, at, ...rest] = path
  return first === 'tracks' && typeof at === 'number'
    ? ['#', edit.ids[at], ...rest].join('.')
    : path.join('.')
}

/** Sets one field; `path` leads to it, as in a problem's. */
export function withField(edit: PlanEdit, path: FieldPath, value: unknown): PlanEdit {
  const key = fieldKey(edit, path)
  const isOther = ([one]: readonly [string, string]): boolean => one !== key && !one.startsWith(`${key}.`)
  const unread = Object.fromEntries(Object.entries(edit.unread).filter(isOther))
  return { ...edit, unread, draft: put(edit.draft, path, value) as PlanDraft }
}

/** Keeps a text that cannot be read; the field keeps the value that it had. */
export const withUnread = (edit: PlanEdit, path: FieldPath, text: string): PlanEdit => ({
  ...edit,
  unread: { ...edit.unread, [fieldKey(edit, path)]: text },
})

function put(into: unknown, [key, ...rest]: FieldPath, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(into))
    return into.map((one: unknown, at): unknown => (at === key ? put(one, rest, value) : one))
  const fields = into as Readonly<Record<string, unknown>>
  return { ...fields, [key]: put(fields[key], rest, value) }
}

/** Adds a track at the end and opens it. */
export function withTrack(edit: PlanEdit, track: TrackDraft): PlanEdit {
  const id = Math.max(0, ...edit.ids) + 1
  const added = edit.draft.engine === 'docker' ? withContainer(track) : track
  return {
    ...edit,
    ids: [...edit.ids, id],
    open: [...edit.open, id],
    draft: { ...edit.draft, tracks: [...edit.draft.tracks, added] },
  }
}

/** Takes a track out, and out of what the others wait for. */
export function withoutTrack(edit: PlanEdit, at: number): PlanEdit {
  const name = edit.draft.tracks[at]?.name
  const id = edit.ids[at]
  const tracks = edit.draft.tracks
    .filter((_, index) => index !== at)
    .map(track =>
      track.after.some(one => one === name)
        ? { ...track, after: track.after.filter(one => one !== name) }
        : track,
    )
  return {
    ...edit,
    ids: edit.ids.filter((_, index) => index !== at),
    open: edit.open.filter(one => one !== id),
    unread: Object.fromEntries(Object.entries(edit.unread).filter(([key]) => !key.startsWith(`#.${id}.`))),
    draft: { ...edit.draft, tracks },
  }
}

/** Moves a track by one place; the same edit at the ends. */
export function withTrackMoved(edit: PlanEdit, at: number, by: -1 | 1): PlanEdit {
  const to = at + by
  if (to < 0 || to >= edit.ids.length) return edit
  return {
    ...edit,
    ids: swapped(edit.ids, at, to),
    draft: { ...edit.draft, tracks: swapped(edit.draft.tracks, at, to) },
  }
}

function swapped<T>(list: readonly T[], one: number, other: number): T[] {
  const [a, b] = [list[one], list[other]]
  if (a === undefined || b === undefined) return [...list]
  return list.map((item, at) => (at === one ? b : at === other ? a : item))
}

/** Gives a track another name; who waits for it goes on doing so. */
export function withTrackNamed(edit: PlanEdit, at: number, name: string): PlanEdit {
  const before = edit.draft.tracks[at]?.name ?? ''
  const isShared = edit.draft.tracks.filter(track => track.name === before).length > 1
  const tracks = edit.draft.tracks.map((track, index) => {
    if (index === at) return { ...track, name }
    if (before === '' || isShared || !track.after.includes(before)) return track
    return { ...track, after: track.after.map(one => (one === before ? name : one)) }
  })
  return { ...edit, draft: { ...edit.draft, tracks } }
}

/** Another engine; docker gives every track a block to fill in, the others take empty ones away. */
export function withEngine(edit: PlanEdit, engine: PlanDraft['engine']): PlanEdit {
  const tracks = edit.draft.tracks.map(track => {
    if (engine === 'docker') return withContainer(track)
    const isEmpty = track.docker !== null && JSON.stringify(track.docker) === JSON.stringify(EMPTY_DOCKER)
    return isEmpty ? { ...track, docker: null } : track
  })
  return { ...edit, draft: { ...edit.draft, engine, tracks } }
}

/** `track`, `track-2`, …: the first that no track has. */
export function freeTrackName(tracks: readonly TrackDraft[]): string {
  const taken = new Set(tracks.map(track => track.name))
  for (let number = tracks.length + 1; ; number += 1)
    if (!taken.has(`track-${number}`)) return `track-${number}`
}

/** What is wrong with the texts that cannot be read. */
export function unreadProblems(edit: PlanEdit): readonly DraftProblem[] {
  return Object.keys(edit.unread).map(key => ({
    path: pathOf(edit, key),
    message:
      edit.unread[key]?.trim() === '' ? 'A number is missing.' : `“${edit.unread[key]}” cannot be read.`,
    fix: key.includes('.needs.') ? 'Write a number, or two like 2–4.' : 'Write a number, like 20.',
  }))
}

/** Whether a problem waits until a save is tried: it is about a field that nobody has filled in yet. */
export const isHeldBack = ({ wasTried, base, draft }: PlanEdit, { path }: DraftProblem): boolean =>
  !wasTried && isEmpty(valueAt(draft, path)) && isEmpty(valueAt(base, path))

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

function valueAt(of: unknown, [key, ...rest]: FieldPath): unknown {
  if (key === undefined || typeof of !== 'object' || of === null) return of
  return valueAt((of as Readonly<Record<string | number, unknown>>)[key], rest)
}

function pathOf(edit: PlanEdit, key: string): (string | number)[] {
  const [first = '', id, ...rest] = key.split('.')
  return first === '#' ? ['tracks', edit.ids.indexOf(Number(id)), ...rest] : key.split('.')
}
