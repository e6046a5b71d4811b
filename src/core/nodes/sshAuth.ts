import ssh2 from 'ssh2'
import type { AnyAuthMethod, AuthHandlerMiddleware, ParsedKey } from 'ssh2'
import { parsePublicKey, type KeyReading, type PublicKey } from './keyFile'
import { readQuestion } from './loginAnswers'
import type { LoginHow, LoginTalk } from './loginTalk'
import type { LoginTry } from './loginTries'
import type { Login } from './sshLogins'

/** The side of ssh2 that has to do with keys and logins. */

/** ssh2 asks this for the next way to log in, whenever the last one did not let it in. */
export function createAuthHandler(talk: LoginTalk, username: string, how: LoginHow): AuthHandlerMiddleware {
  const methodOf = async (next: LoginTry): Promise<AnyAuthMethod | null> => {
    switch (next.kind) {
      case 'none':
        return { type: 'none', username }
      case 'offer':
        return offerMethod(next.offer, username, talk)
      case 'password':
        return { type: 'password', username, password: how.password ?? '' }
      case 'ask':
        return {
          type: 'keyboard-interactive',
          username,
          prompt: (name, instructions, _language, prompts, finish) =>
            void talk.prompted(readQuestion(name, instructions, prompts), finish),
        }
      case 'ask-password': {
        const password = await talk.askPassword()
        return password === null ? null : { type: 'password', username, password }
      }
      default:
        return next satisfies never
    }
  }
  // The first call has null for both.
  return (methodsLeft: readonly string[] | null, isPartialSuccess: boolean | null, proceed) => {
    const next = talk.next(methodsLeft, isPartialSuccess === true)
    // ssh2 gives up at `false`, which its types leave out.
    if (next === null) proceed(false as unknown as AnyAuthMethod)
    else void methodOf(next).then(method => (method === null ? undefined : proceed(method)))
  }
}

function offerMethod(offer: Login, username: string, talk: LoginTalk): AnyAuthMethod {
  // What `readPrivateKey` made.
  if (offer.kind === 'key') return { type: 'publickey', username, key: offer.key as ParsedKey }
  const { wire } = offer.publicKey
  const agent = offer.kind === 'agent' ? ssh2.createAgent(offer.socket) : new LockedAgent()
  const sign = agent.sign.bind(agent)
  return {
    type: 'agent',
    username,
    // One key at a time: after an agent's keys ssh2 does not tell what the server said.
    agent: Object.assign(agent, {
      getIdentities: (callback: (error: Error | null, keys: Buffer[]) => void) => callback(null, [wire]),
      sign: (...args: Parameters<typeof sign>) => {
        if (offer.kind === 'locked') return talk.wantsLocked(offer.path)
        talk.signs()
        return sign(...args)
      },
    }),
  }
}

/** Has a key that it cannot use. */
class LockedAgent extends ssh2.BaseAgent {
  override getIdentities(): void {}
  override sign(): void {}
}

const AGENT_TIMEOUT_MS = 3000

/** The keys of an ssh-agent; null when it does not answer in time. */
export async function listAgentKeys(socket: string): Promise<readonly PublicKey[] | null> {
  let timer: NodeJS.Timeout | undefined
  const listed = new Promise<readonly PublicKey[] | null>(resolve => {
    timer = setTimeout(() => resolve(null), AGENT_TIMEOUT_MS)
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      resolve(error || keys === undefined ? null : keys.map(publicKeyOf).filter(key => key !== null))
    })
  })
  return listed.finally(() => clearTimeout(timer))
}

/** What an agent lists may be in any of the forms that ssh2 reads. */
function publicKeyOf(listed: unknown): PublicKey | null {
  const given = typeof listed === 'object' && listed !== null && 'pubKey' in listed ? listed.pubKey : listed
  const key = ssh2.utils.parseKey(given as Buffer)
  if (key instanceof Error) return null
  return parsePublicKey(`${key.type} ${key.getPublicSSH().toString('base64')}`)
}

/** What can be done with the bytes of a private key file. Opening an encrypted one computes for tenths of a second. */
export function readPrivateKey(bytes: Buffer, passphrase: string | null): KeyReading {
  const key = passphrase === null ? ssh2.utils.parseKey(bytes) : ssh2.utils.parseKey(bytes, passphrase)
  if (key instanceof Error) return { state: /encrypted|passphrase/i.test(key.message) ? 'locked' : 'broken' }
  return key.isPrivateKey() ? { state: 'usable', key } : { state: 'broken' }
}

/** A new ed25519 pair in OpenSSH's own form. */
export function newKeyPair(comment: string): { readonly privateKey: string; readonly publicKey: string } {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment })
  return { privateKey: pair.private, publicKey: pair.public }
}
