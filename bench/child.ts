import { fork } from 'node:child_process'

/** Does one piece of work in a process of its own, whose memory and CPU are those of this work alone. */
export function inChild(work: string, task: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1] ?? '', ['--child', work, '--task', JSON.stringify(task)])
    let answer: unknown
    child.once('message', message => (answer = message))
    child.once('error', reject)
    child.once('exit', code =>
      code === 0 ? resolve(answer) : reject(new Error(`${work} ended with ${code}`)),
    )
  })
}
