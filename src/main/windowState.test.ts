import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { boundsOnScreen, parseWindowState, readWindowState, writeWindowState } from './windowState'

const DEFAULTS = { bounds: null, isMaximized: false, theme: 'dark' }
const bounds = { x: 10, y: 20, width: 1200, height: 800 }

describe('the remembered window', () => {
  it('comes back as it was kept', () => {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-window-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'window.json')
    const state = { bounds, isMaximized: true, theme: 'light' } as const
    writeWindowState(file, state)
    expect(readWindowState(file)).toEqual(state)
  })

  it('is the default at the first start', () => {
    expect(readWindowState('/nowhere/window.json')).toEqual(DEFAULTS)
  })

  it.each(['', 'null', '[]', '{', '{"bounds":{"x":1}}', '{"bounds":{"x":0,"y":0,"width":10,"height":10}}'])(
    'is the default when the file says %s',
    text => {
      expect(parseWindowState(text)).toEqual(DEFAULTS)
    },
  )

  it('never throws, whatever is in the file', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => void parseWindowState(text)))
  })
})

describe('boundsOnScreen', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }]

  it('keeps a place that can be seen, on any screen', () => {
    expect(boundsOnScreen(bounds, screens)).toBe(bounds)
    expect(boundsOnScreen({ ...bounds, x: -900 }, screens)).toEqual({ ...bounds, x: -900 })
  })

  it('gives up a place on a screen that is gone', () => {
    expect(boundsOnScreen({ ...bounds, x: 3000 }, screens)).toBeNull()
    expect(boundsOnScreen({ ...bounds, y: -790 }, screens)).toBeNull()
    expect(boundsOnScreen(null, screens)).toBeNull()
  })
})
