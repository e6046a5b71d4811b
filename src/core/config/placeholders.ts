/** The only placeholders of a track's command. */
export const PLACEHOLDERS = ['worker', 'workers', 'node', 'run'] as const
export type Placeholder = (typeof PLACEHOLDERS)[number]

/** Anything that looks like one: a word in double braces. `{{.Names}}` and `{{json .}}` are docker's, not ours. */
const LOOKS_LIKE_ONE = /\{\{\s*([A-Za-z_][\w-]*)\s*\}\}/g
const IS_ONE = /\{\{(worker|workers|node|run)\}\}/g

/** Every `{{word}}` in `text` that is not exactly a placeholder, as it is written and by its word. */
export function unknownPlaceholders(
  text: string,
): readonly { readonly written: string; readonly word: string }[] {
  return [...text.matchAll(LOOKS_LIKE_ONE)]
    .map(([written, word = '']) => ({ written, word }))
    .filter(({ written, word }) => !isPlaceholder(word) || written !== `{{${word}}}`)
}

/** Every real placeholder in `text`, as it is written. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(IS_ONE)].map(([written]) => written)
}

/** `text` with its placeholders replaced, in one pass: a value that looks like a placeholder stays what it is. */
export function expandPlaceholders(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replace(IS_ONE, (written, word: string) => (isPlaceholder(word) ? values[word] : written))
}

function isPlaceholder(word: string): word is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(word)
}
