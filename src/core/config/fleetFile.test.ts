import { mkdtemp, readdir, readFile, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock } from '../kernel/clock'
import { systemClock } from '../kernel/clock'
import type { Log } from '../kernel/log'
import { createFleetFile } from './fleetFile'
import type { FleetProblem } from './fleetProblem'
import type { Fleet } from './fleetSchema'
import { starterFleet } from './starterFleet'

const fleetOf = (...names: string[]): string =>
  `version: 1\nnodes:\n${names.map(name => `  - { name: ${name}, ssh: { host: ${name} } }\n`).join('')}`
const namesIn = (fleet: Fleet): string[] => fleet.nodes.map(({ name }) => name)
const quickly: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) }

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drydock-fleet-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** Hands out what was told, one by one, and waits for what is yet to come. */
function inbox<T>() {
  const told: T[] = []
  let arrived: () => void = () => {}
  return {
    told,
    add(one: T): void {
      told.push(one)
      arrived()
    },
    async next(): Promise<T> {
      if (told.length === 0) await new Promise<void>(resolve => (arrived = resolve))
      return told.shift() as T
    },
  }
}

async function opened(clock: Clock = systemClock, name = 'home/fleet.yaml') {
  const path = join(folder, name)
  const fleets = inbox<string[]>()
  const problems = inbox<readonly FleetProblem[] | null>()
  const warnings: unknown[] = []
  const log: Log = {
    info: () => {},
    warn: (message, fields) => void warnings.push({ message, ...fields }),
    error: () => 'ref',
  }
  const file = await createFleetFile({
    path,
    clock,
    log,
    onFleet: fleet => fleets.add(namesIn(fleet)),
    onProblems: found => problems.add(found),
    firstFleet: () => starterFleet({ cpuThreads: 4 }),
  })
  return { path, fleets, problems, warnings, file }
}

describe('createFleetFile at the first start', () => {
  it('writes the first fleet for its owner alone and loads it', async () => {
    const { path, fleets, problems, file } = await opened()
    await using _ = file
    expect(fleets.told).toEqual([['this-pc']])
    expect(problems.told).toEqual([])
    expect(await readFile(path, 'utf8')).toBe(starterFleet({ cpuThreads: 4 }))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'home'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(folder, 'home'))).toEqual(['fleet.yaml'])
  })

  it('writes once when two of them start at the same time', async () => {
    const both = await Promise.all([opened(), opened()])
    await Promise.all(both.map(({ file }) => file[Symbol.asyncDispose]()))
    expect(both.map(({ fleets }) => fleets.told)).toEqual([[['this-pc']], [['this-pc']]])
    expect(await readdir(join(folder, 'home'))).toEqual(['fleet.yaml'])
  })

  it('leaves a file that is there alone', async () => {
    await writeFile(join(folder, 'mine.yaml'), fleetOf('mine'))
    const { path, fleets, file } = await opened(systemClock, 'mine.yaml')
    await using _ = file
    expect(fleets.told).toEqual([['mine']])
    expect(await readFile(path, 'utf8')).toBe(fleetOf('mine'))
  })

  it('runs with an empty fleet and shows the problems when the file is broken', async () => {
    await writeFile(join(folder, 'broken.yaml'), 'version: 1\nnodes: [{ name: a, lokal: true }]\n')
    const { path, fleets, problems, warnings, file } = await opened(systemClock, 'broken.yaml')
    await using _ = file
    expect(fleets.told).toEqual([[]])
    const found = await problems.next()
    expect(found?.map(({ file, line, column, path }) => ({ file, line, column, path }))).toEqual([
      { file: 'broken.yaml', line: 2, column: 9, path: 'nodes[0]' },
      { file: 'broken.yaml', line: 2, column: 20, path: 'nodes[0].lokal' },
    ])
    expect(warnings).toEqual([
      {
        message: 'fleet file has problems',
        file: 'broken.yaml',
        places: [
          { line: 2, path: 'nodes[0]' },
          { line: 2, path: 'nodes[0].lokal' },
        ],
      },
    ])
    fleets.told.length = 0
    await writeFile(path, fleetOf('mended'))
    expect(await fleets.next()).toEqual(['mended'])
    expect(await problems.next()).toBeNull()
  })
})

describe('createFleetFile while it runs', () => {
  it('takes over a file that was written in place', async () => {
    const { path, fleets, file } = await opened()
    await using _ = file
    await fleets.next()
    await writeFile(path, fleetOf('a', 'b'))
    expect(await fleets.next()).toEqual(['a', 'b'])
  })

  it('takes over every file that an editor puts in its place by a rename', async () => {
    const { path, fleets, file } = await opened()
    await using _ = file
    await fleets.next()
    for (const name of ['one', 'two', 'three']) {
      await writeFile(`${path}~`, fleetOf(name))
      await rename(`${path}~`, path)
      expect(await fleets.next()).toEqual([name])
    }
  })

  it('tells nothing of a file that an editor moves away and writes anew', async () => {
    const { path, fleets, problems, file } = await opened()
    await using _ = file
    await fleets.next()
    await rename(path, `${path}~`)
    await writeFile(path, fleetOf('anew'))
    expect(await fleets.next()).toEqual(['anew'])
    expect(problems.told).toEqual([])
  })

  it('keeps the last good fleet while the file is broken, and clears the problems when it is mended', async () => {
    const { path, fleets, problems, file } = await opened()
    await using _ = file
    await fleets.next()
    await writeFile(path, 'version: 1\nnodes:\n\t- name: a\n')
    expect((await problems.next())?.map(({ line }) => line)).toEqual([3])
    await writeFile(path, 'version: 1\n')
    expect((await problems.next())?.map(({ message }) => message)).toEqual(['nodes is missing.'])
    expect(fleets.told).toEqual([])
    await writeFile(path, starterFleet({ cpuThreads: 4 }))
    expect(await problems.next()).toBeNull()
    expect(fleets.told).toEqual([])
  })

  it('tells no fleet when only a comment changed', async () => {
    const { path, fleets, file } = await opened()
    await using _ = file
    await fleets.next()
    await writeFile(path, `# a comment\n${starterFleet({ cpuThreads: 4 })}`)
    await writeFile(path, `# another\n${starterFleet({ cpuThreads: 4 })}`)
    await writeFile(path, fleetOf('next'))
    expect(await fleets.next()).toEqual(['next'])
  })

  it('says so when the file is gone for longer than an editor would take, and keeps the fleet', async () => {
    const { path, fleets, problems, file } = await opened(quickly)
    await using _ = file
    await fleets.next()
    await unlink(path)
    expect(await problems.next()).toEqual([
      {
        file: 'fleet.yaml',
        line: 1,
        column: 1,
        path: '',
        message: 'fleet.yaml is gone.',
        fix: 'Put it back, or restart Drydock to get a first one.',
      },
    ])
    expect(fleets.told).toEqual([])
    await writeFile(path, fleetOf('back'))
    expect(await fleets.next()).toEqual(['back'])
    expect(await problems.next()).toBeNull()
  })

  it('follows a symbolic link whose target changes in another folder', async () => {
    const target = join(folder, 'dotfiles.yaml')
    await writeFile(target, fleetOf('linked'))
    const link = await mkdtemp(join(folder, 'link-'))
    await symlink(target, join(link, 'fleet.yaml'))
    const { fleets, file } = await opened(quickly, `${link.slice(folder.length + 1)}/fleet.yaml`)
    await using _ = file
    expect(await fleets.next()).toEqual(['linked'])
    await writeFile(target, fleetOf('changed'))
    expect(await fleets.next()).toEqual(['changed'])
  })

  it('tells nothing more once it is disposed', async () => {
    const { path, fleets, file } = await opened()
    await fleets.next()
    await file[Symbol.asyncDispose]()
    const other = await opened()
    await other.fleets.next()
    await writeFile(path, fleetOf('late'))
    expect(await other.fleets.next()).toEqual(['late'])
    await other.file[Symbol.asyncDispose]()
    expect(fleets.told).toEqual([])
  })
})
