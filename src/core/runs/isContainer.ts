import type { WorkerId } from '../../contract/ids'
import type { RunRecord } from './runRecord'

/** What has to be there before a plan's containers are plain processes: its own command, and its image. */
const PROCESS_TRACKS: readonly string[] = ['prerequisite', 'image']

/** Whether a worker is a container, by the record of its run. */
export function isContainer({ engine, workers }: RunRecord, id: WorkerId): boolean {
  const track = workers.find(({ worker }) => worker.id === id)?.worker.track
  return engine === 'docker' && track !== undefined && !PROCESS_TRACKS.includes(track)
}
