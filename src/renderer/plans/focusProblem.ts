import { nextFrame } from '../state/pageFrames'
import type { FieldPath } from './planEdit'
import { changeEdit } from './planStore'

/** Gives the keyboard to the field that a problem is about, or to the nearest thing around it. */
export function focusProblem(key: string, path: FieldPath): void {
  const [first, at] = path
  if (first === 'tracks' && typeof at === 'number')
    changeEdit(key, edit => {
      const id = edit.ids[at]
      return id === undefined || edit.open.includes(id) ? edit : { ...edit, open: [...edit.open, id] }
    })
  // What was closed is drawn by then.
  nextFrame(() => {
    const element = nearest(path)
    element?.focus()
    element?.scrollIntoView?.({ block: 'center' })
  })
}

function nearest(path: FieldPath): HTMLElement | null {
  for (let length = path.length; length > 0; length -= 1) {
    const name = path.slice(0, length).join('.')
    const element = document.querySelector<HTMLElement>(`.plan-form [data-path="${name}"]`)
    if (element !== null) return element
  }
  return document.querySelector<HTMLElement>('.plan-form [data-path]')
}
