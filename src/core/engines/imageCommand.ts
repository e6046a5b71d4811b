import type { DockerConfig } from '../config/planSchema'
import { shellQuote } from '../kernel/shellQuote'
import image from '../runs/nodeSide/image.sh?raw'

/**
 * The shell line of the job that brings a plan's image to a node: builds it when the plan names a folder, else pulls
 * it, as `pull` says; prints its id, size and build date. Fails with a sentence when the image is not there then.
 * A folder that is not absolute is looked for below the job's own; `~` is the home folder.
 */
export function imageCommand(docker: DockerConfig): string {
  return `${image}\ndrydock_image ${shellQuote(docker.image)} ${docker.pull} ${folderWord(docker.build ?? '')}`
}

function folderWord(folder: string): string {
  if (folder === '~') return '"$HOME"'
  return folder.startsWith('~/') ? `"$HOME"/${shellQuote(folder.slice(2))}` : shellQuote(folder)
}
