import { expect, it } from 'vitest'
import { dockerTrouble } from './dockerTrouble'

/** Said by docker 20.10 and 28, but for the last four, which are known from their documentation and issues. */
it.each([
  [
    'Cannot connect to the Docker daemon at unix:///tmp/x.sock. Is the docker daemon running?',
    'The Docker Engine of this node does not answer.',
  ],
  ['docker: command not found', 'There is no docker on this node.'],
  [
    'remote engine tcp://10.0.0.84:2375',
    'The docker of this node talks to an engine on another machine (tcp://10.0.0.84:2375).',
  ],
  ['Error response from daemon: No such image: nosuch:1', 'The image nosuch:1 is not on this node.'],
  [
    'Error response from daemon: could not select device driver "" with capabilities: [[gpu]]\nError: failed to start containers: g1',
    'The Docker Engine of this node cannot give a container the GPU.',
  ],
  [
    'Error response from daemon: Conflict. The container name "/s2" is already in use by container "7e6a". You have to remove (or rename) that container to be able to reuse that name.',
    'A container named s2 exists on this node already.',
  ],
  [
    'Error response from daemon: Range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available',
    'The plan wants more CPUs than this node has (2.00).',
  ],
  [
    'Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown\nError: failed to start containers: c2',
    'The image has no program sh that can be run.',
  ],
  [
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied',
    'This login may not use the Docker Engine of this node.',
  ],
  [
    'Error response from daemon: driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated',
    'A port that the container wants is taken on this node.',
  ],
  ['Error response from daemon: network nonet not found', 'There is no Docker network nonet on this node.'],
  ['Error response from daemon: write /var/lib: no space left on device', 'The disk of this node is full.'],
])('makes a sentence with a fix of `%s`', (said, sentence) => {
  const error = dockerTrouble(said)
  expect(error.message).toBe(sentence)
  expect(error.hint).toMatch(/\.$|docker$|default$/)
})

it('passes on what it does not know in its own words', () => {
  const said =
    "docker: Error response from daemon: something new.\n\nRun 'docker run --help' for more information"
  expect(dockerTrouble(said).message).toBe('something new.')
  expect(dockerTrouble('').message).toBe('Docker failed and said nothing.')
})
