const isMac = navigator.userAgent.includes('Macintosh')

interface Shortcut {
  /** Any of these; `mod` is Cmd on a Mac and Ctrl elsewhere. */
  readonly keys: readonly string[]
  readonly what: string
}

/** Everything that has a key of its own. Nothing that starts, stops or lets orders through is among it, on purpose. */
export const SHORTCUTS = {
  palette: { keys: ['mod+k', 'f1'], what: 'Open the command palette' },
  toggleDock: { keys: ['ctrl+`'], what: 'Show or hide the logs' },
  filterNodes: { keys: ['/'], what: 'Filter the nodes, when the keyboard is on them' },
  filterLogs: { keys: ['mod+f'], what: 'Filter the logs, when they have the keyboard' },
  savePlan: { keys: ['mod+s'], what: 'Save the plan in the editor' },
  nextMatch: { keys: ['f3'], what: 'Go to the next match in the logs' },
  previousMatch: { keys: ['shift+f3'], what: 'Go back to the one before it' },
  moveUp: { keys: ['alt+arrowup'], what: 'Move the node or track that has the keyboard up' },
  moveDown: { keys: ['alt+arrowdown'], what: 'Move it down' },
} as const satisfies Readonly<Record<string, Shortcut>>

export type ShortcutName = keyof typeof SHORTCUTS

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** Whether the keys that were pressed are those of a shortcut, and no other modifier with them. */
export function matchesShortcut(event: KeyPress, name: ShortcutName): boolean {
  return SHORTCUTS[name].keys.some(keys => matches(event, keys))
}

function matches(event: KeyPress, keys: string): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const wantsMod = parts.includes('mod')
  const wantsCtrl = parts.includes('ctrl') || (wantsMod && !isMac)
  // The key above Tab gives another letter on many keyboards; its place is the same on all.
  const isKey = event.key.toLowerCase() === key || (key === '`' && event.code === 'Backquote')
  return (
    isKey &&
    event.ctrlKey === wantsCtrl &&
    event.metaKey === (wantsMod && isMac) &&
    event.altKey === parts.includes('alt') &&
    event.shiftKey === parts.includes('shift')
  )
}

/** `Ctrl K`: as it is printed on keys. */
export function shortcutWords(name: ShortcutName): readonly string[] {
  const word = (part: string): string =>
    ({
      mod: isMac ? '⌘' : 'Ctrl',
      ctrl: 'Ctrl',
      alt: isMac ? '⌥' : 'Alt',
      shift: 'Shift',
      arrowup: '↑',
      arrowdown: '↓',
    })[part] ?? part.toUpperCase()
  return SHORTCUTS[name].keys.map(keys => keys.split('+').map(word).join(' '))
}
