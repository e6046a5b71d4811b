import type { Login, Logins } from './sshLogins'

/** What is tried next on a server. `ask` is keyboard-interactive: the server asks, in its own words. */
export type LoginTry =
  | { readonly kind: 'none' }
  | { readonly kind: 'offer'; readonly offer: Login }
  | { readonly kind: 'password' }
  | { readonly kind: 'ask' }
  /** The server wants a password on top of a key: asked for in Drydock's words. */
  | { readonly kind: 'ask-password' }

/** `keys`: keys, and answers when the server asks. `only-key`: no answers unless the key was taken first. */
export type LoginWay = 'keys' | 'only-key' | 'password'

/**
 * The order in which a login is tried, so that a server never counts more refusals than it must: each key once, then
 * at most one question or one password. Nothing is tried twice.
 */
export function createLoginTries({ offers }: Logins, way: LoginWay) {
  const server = createServerMethods()
  const left = [...offers]
  let last: LoginTry | null = null
  let hasAsked = false

  function choose(): LoginTry | null {
    if (way === 'password') return server.isHeard() ? passwordTry(server, hasAsked) : { kind: 'none' }
    const [offer] = left
    if (!server.isHeard()) return offer?.kind === 'key' ? { kind: 'offer', offer } : { kind: 'none' }
    const question = hasAsked ? null : questionFor(server, way, offers.length > 0)
    if (server.isPartial() && question !== null) return question
    return offer !== undefined && server.takes('publickey') ? { kind: 'offer', offer } : question
  }

  return {
    /**
     * `methodsLeft` and `isPartialSuccess` are what the server said to the last try; null at the beginning. After a key
     * of the agent ssh2 passes on nothing new; `wasSigned` says that the server took the agent's key and let it sign.
     */
    next(
      methodsLeft: readonly string[] | null,
      isPartialSuccess: boolean,
      wasSigned: boolean,
    ): LoginTry | null {
      const isStale = last?.kind === 'offer' && last.offer.kind !== 'key'
      if (methodsLeft !== null && !isStale) server.hear(methodsLeft, isPartialSuccess, last?.kind === 'none')
      // Signed for and yet not in: more is wanted. The server says what, when it is asked.
      last = isStale && wasSigned ? { kind: 'none' } : choose()
      if (last?.kind === 'offer') left.shift()
      hasAsked ||= last !== null && last.kind !== 'none' && last.kind !== 'offer'
      return last
    },
    /** What the server takes, as far as it said. */
    methods: () => server.methods(),
    takesPassword: (): boolean =>
      !server.isPartial() && (server.takes('password') || server.takes('keyboard-interactive')),
    /** The server took a key, or a password, and wants more. */
    isPartial: () => server.isPartial(),
    /** The keys that were offered so far. */
    offered: (): readonly Login[] => offers.slice(0, offers.length - left.length),
    hasAsked: (): boolean => hasAsked,
  }
}

export type LoginTries = ReturnType<typeof createLoginTries>

/** What a server said that it takes: at first, and now. */
function createServerMethods() {
  let first: readonly string[] | null = null
  let now: readonly string[] | null = null
  let isPartial = false
  return {
    isHeard: (): boolean => now !== null,
    takes: (method: string): boolean => now?.includes(method) === true,
    tookAtFirst: (method: string): boolean => first?.includes(method) === true,
    methods: (): readonly string[] => now ?? [],
    isPartial: (): boolean => isPartial,
    /** The list in answer to nothing is another one than at first when something was taken in between. */
    hear(methods: readonly string[], isPartialSuccess: boolean, isAnswerToNone: boolean): void {
      const isOther = first !== null && first.toSorted().join() !== methods.toSorted().join()
      isPartial ||= isPartialSuccess || (isAnswerToNone && isOther)
      first ??= methods
      now = methods
    },
  }
}

type ServerMethods = ReturnType<typeof createServerMethods>

/** One of the two, never both: the same wrong password twice is half the way to a locked account. */
function passwordTry(server: ServerMethods, hasAsked: boolean): LoginTry | null {
  if (hasAsked) return null
  if (server.takes('password')) return { kind: 'password' }
  return server.takes('keyboard-interactive') ? { kind: 'ask' } : null
}

/** A server that takes keys wants a key from us. One that wants more, or takes none, or a user who has none, is asked. */
function questionFor(server: ServerMethods, way: LoginWay, hasKeys: boolean): LoginTry | null {
  if (server.isPartial()) {
    if (server.takes('keyboard-interactive')) return { kind: 'ask' }
    return server.takes('password') ? { kind: 'ask-password' } : null
  }
  const isForKeys = server.tookAtFirst('publickey') && (hasKeys || server.takes('password'))
  return way === 'keys' && !isForKeys && server.takes('keyboard-interactive') ? { kind: 'ask' } : null
}
