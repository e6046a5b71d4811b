import { nextFrame } from '../state/pageFrames'
import { editNow } from './editor'
import { freeTrackName, newTrack, withoutTrack, withTrack, withTrackMoved } from './planEdit'
import { changeEdit, planStore } from './planStore'

const say = (said: string): void => planStore.setState({ said })

/** Shows or hides the fields of a track. */
export const toggleTrack = (key: string, id: number): void =>
  changeEdit(key, edit => ({
    ...edit,
    open: edit.open.includes(id) ? edit.open.filter(one => one !== id) : [...edit.open, id],
  }))

/** Shows or hides the fields of all tracks. */
export const openTracks = (key: string, isOpen: boolean): void =>
  changeEdit(key, edit => ({ ...edit, open: isOpen ? edit.ids : [] }))

/** Adds a track and gives its name the keyboard. */
export function addTrack(key: string): void {
  changeEdit(key, edit => {
    const track = newTrack(freeTrackName(edit.draft.tracks))
    return withTrack(edit, track)
  })
  const at = (editNow(key)?.ids.length ?? 0) - 1
  nextFrame(() => {
    const name = document.querySelector<HTMLInputElement>(`.plan-form [data-path="tracks.${at}.name"]`)
    name?.focus()
    name?.select()
  })
}

/** Moves a track by one place; whoever had the keyboard keeps it. */
export function moveTrack(key: string, id: number, by: -1 | 1): void {
  const before = editNow(key)
  const at = before?.ids.indexOf(id) ?? -1
  if (before === null || at < 0) return
  const had = document.activeElement
  changeEdit(key, edit => withTrackMoved(edit, at, by))
  const after = editNow(key)
  if (after === before || after === null) return
  say(`${after.draft.tracks[at + by]?.name ?? 'The track'} is track ${at + by + 1} of ${after.ids.length}.`)
  // An element that is moved in the page loses the keyboard.
  nextFrame(() => (had instanceof HTMLElement ? had.focus() : undefined))
}

/** Takes a track out; Revert brings it back. The keyboard goes to its neighbour. */
export function removeTrack(key: string, id: number): void {
  const at = editNow(key)?.ids.indexOf(id) ?? -1
  if (at < 0) return
  const name = editNow(key)?.draft.tracks[at]?.name ?? ''
  changeEdit(key, edit => withoutTrack(edit, at))
  say(`${name} was taken out of the plan; nothing is saved yet.`)
  const next = Math.min(at, (editNow(key)?.ids.length ?? 1) - 1)
  nextFrame(() => document.querySelector<HTMLElement>(`.plan-form [data-path="tracks.${next}"]`)?.focus())
}
