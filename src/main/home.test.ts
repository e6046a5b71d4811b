import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { drydockHome, prepareHome } from './home'

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-home-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

describe('drydockHome', () => {
  const linux = { env: {}, platform: 'linux', userHome: '/home/w1' } as const

  it('is DRYDOCK_HOME when that is set, on every platform', () => {
    const env = { DRYDOCK_HOME: '/data/dock', XDG_DATA_HOME: '/x', APPDATA: 'C:\\x' }
    expect(drydockHome({ ...linux, env })).toBe('/data/dock')
    expect(drydockHome({ ...linux, platform: 'win32', env })).toBe('/data/dock')
  })

  it('treats an empty DRYDOCK_HOME as not set', () => {
    expect(drydockHome({ ...linux, env: { DRYDOCK_HOME: '' } })).toBe('/home/w1/.local/share/drydock')
  })

  it('follows XDG_DATA_HOME on Linux only when it is absolute', () => {
    expect(drydockHome({ ...linux, env: { XDG_DATA_HOME: '/mnt/data' } })).toBe('/mnt/data/drydock')
    expect(drydockHome({ ...linux, env: { XDG_DATA_HOME: 'data' } })).toBe('/home/w1/.local/share/drydock')
  })

  it("is the platform's own data folder elsewhere", () => {
    expect(drydockHome({ ...linux, platform: 'darwin' })).toBe('/home/w1/Library/Application Support/drydock')
    expect(drydockHome({ ...linux, platform: 'win32', env: { APPDATA: '/appdata' } })).toBe(
      '/appdata/drydock',
    )
  })
})

describe('prepareHome', () => {
  it('makes a folder that only its owner can read, parents included', () => {
    const home = join(newFolder(), 'a', 'b')
    prepareHome(home)
    expect(statSync(home).mode & 0o777).toBe(0o700)
  })

  it('closes a folder that others could read', () => {
    const home = join(newFolder(), 'open')
    mkdirSync(home, { mode: 0o755 })
    prepareHome(home)
    expect(statSync(home).mode & 0o777).toBe(0o700)
  })
})
