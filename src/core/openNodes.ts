import type { FleetEvent } from '../contract/events'
import type { HistorySpan, NodeHistory } from '../contract/history'
import type { NodeName } from '../contract/ids'
import type { GpuReading } from '../contract/samples'
import { NODE_SIDE_LIBRARY } from './engines/processEngine'
import { systemClock } from './kernel/clock'
import type { Closers } from './kernel/closers'
import { createFleetNodes } from './nodes/createFleetNodes'
import { createDiagnose } from './nodes/diagnosis/diagnose'
import type { FleetNode } from './nodes/fleetNodes'
import { createNoticeBoard } from './nodes/noticeBoard'
import type { OpenFleetOptions } from './openFleet'
import { openLogins } from './openLogins'
import { openMachines } from './openMachines'
import { createPoller } from './probes/poller'
import type { RunMembers } from './runs/runMembers'
import { createSampleHistory } from './store/sampleHistory'
import type { Store } from './store/store'
import { viewNode } from './views'

interface OpenNodesDeps {
  /** Which processes belong to which run. */
  readonly members: Pick<RunMembers, 'ownerOf'>
  readonly closers: Closers
  readonly store: Store
  readonly publish: (event: FleetEvent) => void
  readonly onCrash: (name: string, error: unknown) => void
  readonly onStoreTrouble: (error: unknown) => void
}

/** The nodes, their links, and everything that only reads them. */
export function openNodes(options: OpenFleetOptions, deps: OpenNodesDeps) {
  const { home, userHome, log } = options
  const { members, closers, store, publish, onCrash, onStoreTrouble } = deps
  const clock = systemClock
  const { connect, keys, loginsOf } = openLogins({
    ...options,
    nodeNamed: name => nodes.list().find(node => node.config.name === name)?.config,
  })
  const nodes = closers.use(
    createFleetNodes({ home, userHome, clock, log, connect, library: NODE_SIDE_LIBRARY, onCrash }),
  )
  const onChange = (node: FleetNode): void =>
    publish({ type: 'node', node: viewNode(node, notices.of(node.config.name)) })
  const notices = closers.use(
    createNoticeBoard({ nodes, identities: store, clock, onStoreTrouble, onChange }),
  )
  const hasNode = (name: NodeName): boolean => nodes.get(name) !== undefined
  const history = closers.use(createSampleHistory({ store, onStoreTrouble, onCrash, clock, hasNode }))
  const poller = closers.use(
    createPoller({
      nodes,
      clock,
      log,
      onCrash,
      ownerOf: (node, pid) => members.ownerOf(node, pid),
      publishSample: sample => {
        history.addSample(sample)
        publish({ type: 'sample', sample })
      },
      publishGpu: reading => {
        history.addGpu(reading)
        notices.onGpu(reading)
        publish({ type: 'gpu', reading })
      },
    }),
  )
  const gpuReading = (name: NodeName): GpuReading | null =>
    poller.latest().gpus.find(reading => reading.node === name) ?? null
  const diagnose = createDiagnose({ nodes, clock, log, gpuReading, userHome, environment: process.env })
  return {
    nodes,
    notices,
    poller,
    diagnose,
    keys,
    loginsOf,
    machines: openMachines({ userHome, nodes, clock, closers }),
    history: (name: NodeName, span: HistorySpan): NodeHistory => history.read(name, span),
  }
}
