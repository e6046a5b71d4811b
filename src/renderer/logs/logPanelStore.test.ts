// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { createLogPanelStore, isDockShown } from './logPanelStore'

const storageWith = (text: string | null) => {
  const stored = { text }
  return {
    stored,
    getItem: () => stored.text,
    setItem: (_key: string, value: string) => void (stored.text = value),
  }
}

describe('how the log panel is remembered', () => {
  it('begins as drawn', () => {
    expect(createLogPanelStore(storageWith(null)).getState()).toEqual({
      tab: 'all',
      isDockOpen: null,
      heightPx: null,
      isWrapping: false,
      showsTime: true,
      zone: 'utc',
      showsReports: false,
      level: 'all',
      onlyMatches: true,
      highlights: true,
      focusAsked: 0,
    })
  })

  it('is the same after a restart', () => {
    const storage = storageWith(null)
    createLogPanelStore(storage).setState({
      heightPx: 400,
      isDockOpen: false,
      showsTime: false,
      zone: 'local',
      level: 'error',
      onlyMatches: false,
    })
    expect(createLogPanelStore(storage).getState()).toMatchObject({
      heightPx: 400,
      isDockOpen: false,
      showsTime: false,
      zone: 'local',
      level: 'error',
      onlyMatches: false,
    })
  })

  it.each([
    'nonsense',
    '[]',
    '{"heightPx":"tall","isWrapping":7}',
    '{"heightPx":3,"zone":"moon","level":1}',
    'null',
  ])('takes nothing from a stored %s', text => {
    expect(createLogPanelStore(storageWith(text)).getState()).toMatchObject({
      heightPx: null,
      isWrapping: false,
      zone: 'utc',
      level: 'all',
    })
  })

  it('leaves the room to a big fleet until somebody wants the dock', () => {
    expect([
      isDockShown(null, 12),
      isDockShown(null, 13),
      isDockShown(true, 50),
      isDockShown(false, 1),
    ]).toEqual([true, false, true, false])
  })
})
