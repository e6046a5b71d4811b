import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { NodeName, RunId } from '../../contract/ids'
import type { NewNode, NodeChange } from '../../contract/machines'
import { createEditFile } from './editFile'
import { createFleetEdits } from './fleetEdits'

// For the tests of edits: a fleet file in a folder of its own, and what an edit makes of it.

export type Edits = ReturnType<typeof createFleetEdits>

export async function createEditBench() {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-edits-'))
  const path = join(folder, 'fleet.yaml')
  const refreshed: string[] = []
  let running: string | null = null
  const edits = createFleetEdits({
    editFile: createEditFile({
      path,
      refresh: async () => void refreshed.push(await readFile(path, 'utf8')),
    }),
    activeRunOn: name => (name === running ? RunId.parse('20260101-1') : null),
  })
  return {
    folder,
    path,
    edits,
    text: () => readFile(path, 'utf8'),
    run(name: string | null): void {
      running = name
    },

    /** What the file says after one edit; the engine was told of just that. */
    async after(text: string, edit: (edits: Edits) => Promise<void>): Promise<string> {
      await writeFile(path, text)
      await edit(edits)
      const now = await readFile(path, 'utf8')
      expect(refreshed.at(-1)).toBe(now)
      return now
    },

    /** The refusal, having proved that the file was not touched. */
    async refusal(text: string, edit: (edits: Edits) => Promise<void>): Promise<unknown> {
      await writeFile(path, text)
      const error: unknown = await edit(edits).then(
        () => null,
        (reason: unknown) => reason,
      )
      expect(await readFile(path, 'utf8')).toBe(text)
      expect(await readdir(folder)).toEqual(['fleet.yaml'])
      return error
    },

    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

export const named = (name: string): NodeName => NodeName.parse(name)

export const NOTHING_SAID = { user: null, identityFile: null, jump: [] }

export const fresh = (name: string, more: Partial<NewNode> = {}): NewNode => ({
  name: named(name),
  ssh: { ...NOTHING_SAID, host: `${name}.lan`, port: 22 },
  roles: [],
  ...more,
})

export const change = (some: Partial<NodeChange>): NodeChange => ({
  name: null,
  ssh: null,
  roles: null,
  isDisabled: null,
  ...some,
})

/** As a person writes it. */
export const HAND = `# Mine.
version: 1

nodes:
  # The desk.
  - name: this-pc   # stays
    local: true

  - name: "pc2"
    ssh: { host: 192.168.1.11,   user: w1 }   # by the window
    roles: [gpu]
    # target: { cpu: 75 }

  # In the cellar.
  - name: pc3
    ssh:
      host: 10.0.0.3   # fixed by the router
      port: 2200
      jump: [pc2, bastion]

# The broker.
broker: { host: 127.0.0.1, port: 4002 }
plans:
  - name: try
    tracks:
      - { name: a, on: [pc2, this-pc], command: 'true' }
      - name: b
        on:
          - pc2 # fast
          - pc3
        command: "true"
`
