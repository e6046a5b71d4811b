import type { DockerConfig } from '../config/planSchema'
import { shellQuote } from '../kernel/shellQuote'

/** The shell line that brings a track's image to a node, and succeeds at once when it is there. */
export function imageCommand({ image, pull, build }: DockerConfig): string {
  const name = shellQuote(image)
  const look = `docker image inspect -- ${name} >/dev/null`
  if (pull === 'never') return look
  const get =
    build === undefined ? `docker pull -- ${name}` : `docker build -t ${name} -- ${shellQuote(build)}`
  return pull === 'always' ? get : `{ ${look} 2>&1 || ${get}; }`
}
