// @ts-check
import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'

/**
 * Does `work` while no other process of this machine does work under the same name. The lock is a listening socket
 * without a file (Linux): the kernel frees it when its holder dies, so there are no stale locks. Elsewhere there is
 * no such socket, and the work is done at once.
 * @template T
 * @param {string} name
 * @param {{ onWait: () => void }} options `onWait` is called once, when the lock is held by somebody else
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, { onWait }, work) {
  if (process.platform !== 'linux') return work()
  const address = `\0drydock-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
  let lock = await tryHold(address)
  if (lock === null) onWait()
  while (lock === null) {
    await untilFree(address)
    lock = await tryHold(address)
  }
  try {
    return await work()
  } finally {
    lock.release()
  }
}

/**
 * @param {string} address
 * @returns {Promise<{ release: () => void } | null>} null when it is held
 */
function tryHold(address) {
  return new Promise((resolve, reject) => {
    /** @type {Set<import('node:net').Socket>} */
    const waiting = new Set()
    const server = createServer(socket => {
      waiting.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => waiting.delete(socket))
    })
    server.on('error', error => {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE') resolve(null)
      else reject(error)
    })
    server.listen(address, () => {
      server.unref()
      resolve({
        release() {
          server.close()
          for (const socket of waiting) socket.destroy()
        },
      })
    })
  })
}

/**
 * The holder never writes: the connection ends when the lock is given back or its holder dies.
 * @param {string} address
 * @returns {Promise<void>}
 */
function untilFree(address) {
  return new Promise(resolve => {
    connect(address)
      .on('error', () => resolve())
      .on('close', () => resolve())
      .resume()
  })
}
