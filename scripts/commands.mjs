// @ts-check
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * Runs a program in the checkout with its output on this terminal. Ctrl+C and TERM reach it too, and this script ends
 * when it has.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {Promise<number>} its exit code; 128 and more when a signal ended it
 */
export function run(program, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, env, stdio: 'inherit' })
    const forward = (/** @type {NodeJS.Signals} */ signal) => void child.kill(signal)
    // The terminal sends Ctrl+C to both: here it only must not end the wait.
    const ignore = () => {}
    process.on('SIGTERM', forward).on('SIGINT', ignore)
    const done = () => void process.off('SIGTERM', forward).off('SIGINT', ignore)
    child.on('error', error => {
      done()
      reject(error)
    })
    child.on('close', code => {
      done()
      resolve(code ?? 128)
    })
  })
}

/**
 * @param {string} script a path in the checkout
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} [env]
 */
export function runNode(script, args, env) {
  return run(process.execPath, [join(ROOT, script), ...args], env)
}

/**
 * Runs a program quietly.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>} both its streams, in order
 */
export function capture(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (/** @type {Buffer} */ chunk) => {
      output += String(chunk)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? 128, output }))
  })
}

/**
 * The script's whole life: an expected failure is one sentence on stderr and exit code 1.
 * @param {() => Promise<number | void>} work returns the exit code, 0 when it returns nothing
 */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
