import { createContext, use, useMemo } from 'react'
import type { DraftProblem } from '../../contract/plans'
import { fieldKey, type FieldPath, withField, withUnread } from './planEdit'
import { changeEdit, planStore, usePlans } from './planStore'

interface EditorValue {
  readonly key: string
  readonly problems: readonly DraftProblem[]
}

const EditorContext = createContext<EditorValue>({ key: '', problems: [] })
export const EditorProvider = EditorContext.Provider

/** What a field of the plan that is being edited can do. */
export function useEditor() {
  const { key } = use(EditorContext)
  return useMemo(
    () => ({
      key,
      set: (path: FieldPath, value: unknown): void => changeEdit(key, edit => withField(edit, path, value)),
      keep: (path: FieldPath, text: string): void => changeEdit(key, edit => withUnread(edit, path, text)),
    }),
    [key],
  )
}

/** The text of a field that cannot be read; null when what it holds can. */
export function useUnread(path: FieldPath): string | null {
  const { key } = use(EditorContext)
  return usePlans(state => {
    const edit = state.edits[key]
    return edit === undefined ? null : (edit.unread[fieldKey(edit, path)] ?? null)
  })
}

/** What is wrong with a field or what lies in it, as one text; null when nothing is. */
export function useFieldProblem(path: FieldPath): string | null {
  const { problems } = use(EditorContext)
  const first = problems.find(problem => isWithin(problem.path, path))
  return first === undefined ? null : problemText(first)
}

/** The same for a group of fields, each of which tells its own: only what is said of the group as a whole. */
export function useGroupProblem(path: FieldPath): string | null {
  const { problems } = use(EditorContext)
  const first = problems.find(problem => problem.path.length === path.length && isWithin(problem.path, path))
  return first === undefined ? null : problemText(first)
}

/** How many problems lie in any of these. */
export function useProblemCount(paths: readonly FieldPath[]): number {
  const { problems } = use(EditorContext)
  return problems.filter(problem => paths.some(path => isWithin(problem.path, path))).length
}

export const problemText = ({ message, fix }: DraftProblem): string =>
  [message, fix].filter(Boolean).join(' ')

const isWithin = (path: FieldPath, whole: FieldPath): boolean => whole.every((part, at) => path[at] === part)

/** The edit as it is now, for what happens on a press. */
export const editNow = (key: string) => planStore.getState().edits[key] ?? null
