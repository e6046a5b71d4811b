import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { NodeName, PlanName } from '../../contract/ids'
import { dockerObstacle, startRigDocker } from '../../../e2e/rig/dockerEngine'
import type { RigDocker } from '../../../e2e/rig/dockerEngine'
import type { RigEngine } from '../../../e2e/rig/engine'
import { createEngineRig } from '../../../e2e/rig/engine'
import type { Run } from '../../contract/runs'
import type { DockerConfig } from '../config/planSchema'
import { imageCommand } from './imageCommand'

const obstacle = dockerObstacle()
const soon = <T>(look: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: 55_000, interval: 50 })

describe.skipIf(obstacle !== null)(
  `runs of containers${obstacle === null ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    let docker: RigDocker
    const before = process.env['DOCKER_HOST']
    beforeAll(async () => {
      docker = await startRigDocker()
      process.env['DOCKER_HOST'] = docker.host
    })
    afterAll(async () => {
      if (before === undefined) delete process.env['DOCKER_HOST']
      else process.env['DOCKER_HOST'] = before
      await docker[Symbol.asyncDispose]()
    })

    it('start, report, log, stop and are pruned, on this PC and over SSH', async () => {
      await using rig = createEngineRig()
      const node = await rig.sshNode({ environment: { DOCKER_HOST: docker.host } })
      const track = { docker: { image: docker.image, network: 'host' } }
      const command = `echo '{"drydock":"progress","step":3,"total":4}'; echo "hello $DRYDOCK_WORKER $DRY_RUN"; sleep 300`
      const engine = await rig.open({
        nodes: { pc2: node },
        plans: [{ name: 'boxes', engine: 'docker', command, track }],
      })
      for (const name of ['this-pc', 'pc2']) await soon(() => expect(engine.link(name)).toBe('online'))
      // A stranger's, which nobody may touch.
      docker.docker('run', '--name', 'stranger', '--network', 'host', docker.image, 'true')

      const { id } = await engine.client.runs.start({ plan: PlanName.parse('boxes') })
      const run = await soon(() => {
        const seen = boxesOf(engine)
        expect(seen?.workers.map(({ state }) => state)).toEqual(['running', 'running'])
        expect(seen?.workers.map(({ reported }) => reported?.dryRun)).toEqual(['1', '1'])
        expect(seen?.workers.map(({ progress }) => progress?.step)).toEqual([3, 3])
        expect(seen?.workers.every(({ container }) => container !== null)).toBe(true)
        return seen
      })
      expect(run?.mode).toBe('SAFE')
      const names = run?.workers.map(({ container }) => container?.name)
      expect(names).toEqual([`drydock-${id}-bots-1`, `drydock-${id}-bots-2`])
      const pc2 = NodeName.parse('pc2')
      expect(await engine.client.folders.containers({ node: pc2 })).toEqual([])

      await engine.client.runs.stop({ run: id, nodes: null })
      await soon(() => expect(engine.run()?.stop?.outcome).toBe('proved'))
      expect(boxesOf(engine)?.workers.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
      expect(docker.docker('ps', '-q')).toBe('')

      const listed = await engine.client.folders.containers({ node: pc2 })
      expect(listed.map(one => one.name).sort()).toEqual(names)
      expect(listed[0]).toMatchObject({ node: 'pc2', run: id, image: docker.image, status: 'exited (143)' })
      expect(listed[0]?.endedAtMs).toBeGreaterThan(run?.startedAtMs ?? Infinity)
      const stranger = docker.docker('inspect', '-f', '{{.Id}}', 'stranger')
      const first = listed[0]?.id ?? ''
      expect(await engine.client.folders.removeContainers({ node: pc2, ids: [first, stranger] })).toEqual({
        removed: [first],
        failed: [{ id: stranger, reason: 'it is not an ended container of this Drydock' }],
      })
      expect(docker.docker('ps', '-aq').split('\n')).toHaveLength(2)
      expect(engine.errors).toEqual([])
    })

    it('are killed on their node while nobody can reach it, and proved gone when it is back', async () => {
      await using rig = createEngineRig()
      const node = await rig.sshNode({ environment: { DOCKER_HOST: docker.host } })
      const track = { docker: { image: docker.image, network: 'host' } }
      const command = `trap '' TERM; echo up; while :; do sleep 0.1; done`
      const plan = { name: 'boxes', engine: 'docker', command, track, graceSeconds: 2 } as const
      const engine = await rig.open({ local: false, nodes: { pc2: node }, plans: [plan] })
      await soon(() => expect(engine.link('pc2')).toBe('online'))
      const { id } = await engine.client.runs.start({ plan: PlanName.parse('boxes') })
      await soon(() => expect(boxesOf(engine)?.workers[0]).toMatchObject({ state: 'running', logLines: 1 }))
      const stopping = engine.client.runs.stop({ run: id, nodes: null })
      await soon(() => expect(engine.run()?.stop?.nodes[0]?.phase).toBe('acknowledged'))
      await node.kill()
      await soon(() => expect(docker.docker('ps', '-q')).toBe(''))
      expect(boxesOf(engine)?.workers[0]?.state).toBe('stopping')
      await node.start()
      await stopping
      const proof = { outcome: 'proved', nodes: [{ how: 'KILL after 2 s' }] }
      await soon(() => expect(engine.run()?.stop).toMatchObject(proof))
    })

    it('tells a worker that Docker would not start, and the plan of it', async () => {
      await using rig = createEngineRig()
      const track = { docker: { image: 'nosuch:1', pull: 'never' } }
      const engine = await rig.open({ plans: [{ name: 'boxes', engine: 'docker', command: 'true', track }] })
      await soon(() => expect(engine.link('this-pc')).toBe('online'))
      await engine.client.runs.start({ plan: PlanName.parse('boxes') })
      await soon(() => expect(engine.run()?.workers[0]).toMatchObject({ track: 'image', state: 'failed' }))
      await soon(() => expect(engine.run()?.workers[1]?.detail).toBe('not started: image failed'))
    })

    function job(config: Partial<DockerConfig> & { readonly image: string }, home: string, cwd = home) {
      const command = imageCommand({
        pull: 'missing',
        onConflict: 'suffix',
        mounts: [],
        init: true,
        ...config,
      })
      const env = { PATH: process.env['PATH'], HOME: home, DOCKER_HOST: docker.host }
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' })
      return { code: status, output: `${stdout}${stderr}` }
    }

    it('bring an image to a node: present, never, not to be had, built', () => {
      const folder = join(docker.folder, "it's a folder")
      mkdirSync(folder)
      writeFileSync(join(folder, 'Dockerfile'), `FROM ${docker.image}\nLABEL made=here\n`)
      expect(job({ image: docker.image }, folder)).toMatchObject({
        code: 0,
        output: expect.stringMatching(/is present\.\nid sha256:[0-9a-f]{64}\nsize \d+ bytes\nbuilt 20/),
      })
      expect(job({ image: 'nosuch:1', pull: 'never' }, folder)).toMatchObject({
        code: 1,
        output: expect.stringContaining('is not on this node, and the plan says never to pull it'),
      })
      expect(job({ image: 'localhost:1/nosuch:1' }, folder)).toMatchObject({
        code: 1,
        output: expect.stringContaining('could not be pulled'),
      })
      const hostile = 'drydock-built:1'
      const built = job({ image: hostile, build: "~/it's a folder" }, docker.folder)
      expect(built.output).toContain('Building drydock-built:1 in')
      expect(built.code).toBe(0)
      expect(docker.docker('image', 'inspect', '-f', '{{.Config.Labels.made}}', hostile)).toBe('here')
      expect(job({ image: "x'; touch canary; '", pull: 'never' }, folder).code).toBe(1)
      expect(spawnSync('find', [docker.folder, '-maxdepth', '2', '-name', 'canary']).stdout.toString()).toBe(
        '',
      )
    })
  },
)

/** The run without the job that brought its image. */
function boxesOf(engine: RigEngine): Run | undefined {
  const run = engine.run()
  return run && { ...run, workers: run.workers.filter(({ track }) => track !== 'image') }
}
