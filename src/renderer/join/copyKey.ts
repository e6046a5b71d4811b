import type { SshAddress } from '../../contract/nodes'

/** `ssh-copy-id` for a key and a machine, to be typed in a terminal of this PC. */
export function copyKeyCommand(keyPath: string, ssh: SshAddress): string {
  const words = ['ssh-copy-id', '-i', `${keyPath}.pub`]
  if ('alias' in ssh) return [...words, ssh.alias].map(word).join(' ')
  if (ssh.port !== 22) words.push('-p', String(ssh.port))
  if (ssh.jump.length > 0) words.push('-o', `ProxyJump=${ssh.jump.join(',')}`)
  return [...words, ssh.user === null ? ssh.host : `${ssh.user}@${ssh.host}`].map(word).join(' ')
}

/** Shows the public half of a key. */
export const showKeyCommand = (keyPath: string): string => `cat ${word(`${keyPath}.pub`)}`

/** One word of a shell line. A leading `~/` stays open, for the shell to fill in. */
function word(text: string): string {
  if (/^[\w@%+=:,./~-]+$/.test(text)) return text
  const [home, rest] = text.startsWith('~/') ? ['~/', text.slice(2)] : ['', text]
  return `${home}'${rest.replaceAll("'", `'\\''`)}'`
}
