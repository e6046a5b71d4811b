import type { LoginPrompt } from '../../contract/nodes'
import { BlockedError } from './blockedError'
import type { Question } from './loginAnswers'
import type { Login } from './sshLogins'
import type { SshTarget } from './sshTarget'

/** Why nobody was let in: each a sentence and a fix. None of these is ever tried again by itself. */

/** What the server asks before it lets anyone in. */
export interface LoginQuestion {
  readonly title: string
  readonly prompts: readonly LoginPrompt[]
}

/** `takesPassword`: the server would take one. */
export function authBlocked(message: string, hint: string, takesPassword = false): BlockedError {
  return new BlockedError(message, { kind: 'auth', message, hint, takesPassword })
}

/** The server took none of what was offered. `asides` are what went wrong on the way, for the sentence. */
export function authRefused(
  target: SshTarget,
  offers: readonly Login[],
  asides: readonly string[],
  takesPassword: boolean,
): BlockedError {
  const address = addressOf(target)
  const tried = [...new Set(offers.map(nameOf))]
  const aside = asides.length === 0 ? '' : ` (${[...new Set(asides)].join('; ')})`
  if (tried.length === 0) {
    return authBlocked(
      `There is no key to log in to ${address} with${aside}.`,
      `Make one and install it: ssh-keygen -t ed25519, then ${copyIdCommand(target, null)}`,
      takesPassword,
    )
  }
  const file = offers.find(offer => offer.kind !== 'agent')
  return authBlocked(
    `${address} refused the key: ${tried.join(', ')}${aside}.`,
    `Check the user, or install it with: ${copyIdCommand(target, file?.path ?? null)}`,
    takesPassword,
  )
}

function nameOf(offer: Login): string {
  return offer.kind === 'agent' ? "your ssh-agent's keys" : offer.path
}

export function tooManyTries(target: SshTarget, offers: readonly Login[]): BlockedError {
  return authBlocked(
    `${addressOf(target)} ended the login after ${offers.length} refused keys: its MaxAuthTries is reached.`,
    'Name the right key as identityFile of this node in fleet.yaml: then only that one is offered.',
  )
}

export function passphraseWanted(target: SshTarget, path: string): BlockedError {
  const message = `${addressOf(target)} wants the key ${path}, which has a passphrase.`
  const hint = `Give the passphrase here, or the key to your ssh-agent: ssh-add ${path}`
  return new BlockedError(message, { kind: 'passphrase', path, message, hint })
}

/** The question as the card of the link shows it. */
export function questionOf(target: SshTarget, { title, prompts }: LoginQuestion): Question {
  const asked = prompts.map(({ text }) => text).join(' ')
  return {
    kind: 'question',
    title,
    prompts: [...prompts],
    message: `${addressOf(target)} asks before it lets anyone in: ${asked}`,
    hint: 'Answer it here. The answers are used for one try and kept nowhere.',
  }
}

export function answersRefused(target: SshTarget, takesPassword: boolean): BlockedError {
  return authBlocked(
    `${addressOf(target)} did not accept the answers.`,
    'Reconnect when you have them right: the question is shown again. Drydock tries nothing by itself, so that the account is not locked.',
    takesPassword,
  )
}

export function passwordRefused(target: SshTarget): BlockedError {
  return authBlocked(
    `${addressOf(target)} did not take the password.`,
    'Check the user and the password. It was tried once and is not kept; the server may also forbid passwords for this user (PermitRootLogin, AllowUsers).',
    true,
  )
}

export function noPasswordTaken(target: SshTarget, methods: readonly string[]): BlockedError {
  const only = methods.length === 0 ? 'nothing that Drydock knows' : methods.join(', ')
  return authBlocked(
    `${addressOf(target)} takes no password, only: ${only}.`,
    'Put the public key into ~/.ssh/authorized_keys there by another way: the console, or a login that works.',
  )
}

export function moreThanPassword(target: SshTarget, asked: string): BlockedError {
  return authBlocked(
    `${addressOf(target)} asks for more than a password: ${asked}`,
    `Install the key in a terminal, where you can answer: ${copyIdCommand(target, null)}`,
    true,
  )
}

export function passwordExpired(target: SshTarget): BlockedError {
  return authBlocked(
    `The password of ${addressOf(target)} has expired: that machine lets nobody work before it is changed.`,
    `Change it in a terminal: ssh -t${portOption(target)} ${addressOf(target)}. Then reconnect.`,
  )
}

/** `said` is what the server told before it closed the door. */
export function accountClosed(target: SshTarget, said: string): BlockedError {
  return authBlocked(
    `${addressOf(target)} is not let in: ${said}`,
    `On that machine, look at the account: sudo chage -l ${target.user}; sudo passwd -S ${target.user}`,
  )
}

function copyIdCommand(target: SshTarget, path: string | null): string {
  const key = path === null ? '' : ` -i ${path}.pub`
  return `ssh-copy-id${key}${portOption(target)} ${addressOf(target)}`
}

function portOption({ port }: SshTarget): string {
  return port === 22 ? '' : ` -p ${port}`
}

function addressOf({ user, host }: SshTarget): string {
  return `${user}@${host}`
}
