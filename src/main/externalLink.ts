/** The manuals that Drydock's own messages point to. */
const HOSTS: ReadonlySet<string> = new Set([
  'docs.docker.com',
  'docs.nvidia.com',
  'docs.ray.io',
  'man.openbsd.org',
  'www.electronjs.org',
])

/** The link as it may be handed to the system's browser, or null: https, a known host, no credentials, no port. */
export function externalLink(text: string): string | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const isPlain = url.username === '' && url.password === '' && url.port === ''
  return url.protocol === 'https:' && isPlain && HOSTS.has(url.hostname) ? url.href : null
}
