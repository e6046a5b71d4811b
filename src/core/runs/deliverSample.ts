import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../kernel/appError'
import type { NodeFacts, NodeShell } from '../nodes/nodeShell'

const SAMPLE = /^sample:([a-z0-9-]+)$/

/** The sample that a `workdir` names (`sample:<name>`), or null for a folder of the node's own. */
export const sampleOf = (workdir: string): string | null => SAMPLE.exec(workdir)?.[1] ?? null

/**
 * Brings a shipped sample to a node, once for each of its versions, and returns its folder there:
 * `<stateDir>/samples/<name>-<digest>`.
 * Errors: `refused` when Drydock ships no such sample or the node cannot take it; `unreachable`.
 */
export function createSampleDelivery(samplesDir: string) {
  async function filesOf(name: string): Promise<readonly SampleFile[]> {
    const dir = join(samplesDir, name)
    const names = await readdir(dir).catch((cause: unknown) => {
      throw new AppError('refused', `Drydock ships no sample named ${name}.`, {
        hint: 'Correct the workdir in fleet.yaml.',
        cause,
      })
    })
    const shipped = names.filter(file => !file.startsWith('test_') && /\.(py|csv)$/.test(file)).sort()
    return await Promise.all(
      shipped.map(async file => ({ name: file, bytes: await readFile(join(dir, file)) })),
    )
  }

  return {
    async deliver(
      online: { readonly shell: NodeShell; readonly facts: NodeFacts },
      name: string,
    ): Promise<string> {
      const files = await filesOf(name)
      const dir = `${online.facts.stateDir}/samples/${name}-${digestOf(files)}`
      const answer = await online.shell.call('drydock_sample_ready', [dir])
      if (answer.trim() === 'yes') return dir
      for (const file of files) await online.shell.writeFile(`${dir}/${file.name}`, file.bytes)
      await online.shell.writeFile(`${dir}/.complete`, new Uint8Array())
      return dir
    },
  }
}

export type SampleDelivery = ReturnType<typeof createSampleDelivery>

interface SampleFile {
  readonly name: string
  readonly bytes: Uint8Array
}

function digestOf(files: readonly SampleFile[]): string {
  const hash = createHash('sha256')
  for (const { name, bytes } of files) hash.update(`${name}\0${bytes.length}\0`).update(bytes)
  return hash.digest('hex').slice(0, 12)
}
