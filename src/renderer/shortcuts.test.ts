// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { matchesShortcut, SHORTCUTS, shortcutWords } from './shortcuts'

const pressed = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})

describe('shortcuts', () => {
  it.each([
    ['Ctrl+K', pressed('k', { ctrlKey: true }), 'palette', true],
    ['Ctrl+K with caps lock', pressed('K', { ctrlKey: true }), 'palette', true],
    ['F1', pressed('F1'), 'palette', true],
    ['K alone', pressed('k'), 'palette', false],
    ['Ctrl+Shift+K', pressed('K', { ctrlKey: true, shiftKey: true }), 'palette', false],
    ['Ctrl+Alt+K', pressed('k', { ctrlKey: true, altKey: true }), 'palette', false],
    ['Ctrl+`', pressed('`', { ctrlKey: true }), 'toggleDock', true],
    [
      'Ctrl and the key above Tab, whatever it prints',
      pressed('^', { ctrlKey: true, code: 'Backquote' }),
      'toggleDock',
      true,
    ],
    ['Alt+Up', pressed('ArrowUp', { altKey: true }), 'moveUp', true],
    ['Up alone', pressed('ArrowUp'), 'moveUp', false],
    ['Ctrl+F', pressed('f', { ctrlKey: true }), 'filterLogs', true],
    ['F3', pressed('F3'), 'nextMatch', true],
    ['Shift+F3', pressed('F3', { shiftKey: true }), 'nextMatch', false],
    ['Shift+F3', pressed('F3', { shiftKey: true }), 'previousMatch', true],
  ] as const)('%s', (_keys, event, name, expected) => {
    expect(matchesShortcut(event, name)).toBe(expected)
  })

  it('are printed as they are on the keys', () => {
    expect([shortcutWords('palette'), shortcutWords('toggleDock'), shortcutWords('moveUp')]).toEqual([
      ['Ctrl K', 'F1'],
      ['Ctrl `'],
      ['Alt ↑'],
    ])
  })

  it('exist for looking, arranging and writing only: none starts, stops, or changes the run mode', () => {
    expect(Object.keys(SHORTCUTS)).toEqual([
      'palette',
      'toggleDock',
      'filterNodes',
      'filterLogs',
      'savePlan',
      'nextMatch',
      'previousMatch',
      'moveUp',
      'moveDown',
    ])
  })
})
