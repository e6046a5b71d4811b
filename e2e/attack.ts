/**
 * Runs in the page: every way in and out that a content security policy is there to close. What the policy had to say
 * collects in `window.__violations`; returned is what ran all the same.
 */
export async function attack(host: string): Promise<readonly unknown[]> {
  const violations = new Set<string>()
  Reflect.set(window, '__violations', violations)
  document.addEventListener('securitypolicyviolation', event => violations.add(event.effectiveDirective))
  const add = (tag: string, attributes: Record<string, string>, text = ''): void => {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    element.append(text)
    document.body.append(element)
  }
  // What says of itself that it is trusted still has to pass the policy.
  const types: unknown = Reflect.get(window, 'trustedTypes')
  const rules = { createScript: (text: string) => text, createScriptURL: (url: string) => url }
  const trusted = (types as { createPolicy(name: string, with_: typeof rules): typeof rules }).createPolicy(
    'x',
    rules,
  )
  const attempts: (() => unknown)[] = [
    () => add('script', {}, 'window.__inline = true'),
    () => (document.body.innerHTML = '<img src=x onerror="window.__inline = true">'),
    () => {
      const inline = document.createElement('script')
      inline.text = trusted.createScript('window.__inline = true')
      document.body.append(inline)
    },
    () => {
      const foreign = document.createElement('script')
      foreign.src = trusted.createScriptURL(`http://${host}/script.js`)
      document.body.append(foreign)
    },
    () => {
      const button = document.createElement('button')
      button.setAttribute('onclick', trusted.createScript('window.__inline = true'))
      document.body.append(button)
      button.click()
    },
    () => new Worker(trusted.createScriptURL(URL.createObjectURL(new Blob(['0'])))),
    () => add('style', {}, 'body { color: red }'),
    () => add('link', { rel: 'stylesheet', href: `http://${host}/style.css` }),
    () => add('img', { src: `http://${host}/beacon.png` }),
    () => add('iframe', { src: `http://${host}/frame` }),
    () => add('object', { data: trusted.createScriptURL(`http://${host}/object`) }),
    () => add('embed', { src: trusted.createScriptURL(`http://${host}/embed`) }),
    () => add('base', { href: `http://${host}/` }),
    () => fetch(`http://${host}/fetch`),
    () => navigator.sendBeacon(`http://${host}/beacon`),
    () => new WebSocket(`ws://${host}/socket`),
    () => {
      const form = document.createElement('form')
      form.action = `http://${host}/form`
      document.body.append(form)
      form.submit()
    },
  ]
  for (const attempt of attempts)
    await Promise.resolve()
      .then(attempt)
      .catch(() => undefined)
  const evaluate = Reflect.get(window, 'eval') as (text: string) => unknown
  // In a task of its own: what a debugger evaluates may be let off the policy.
  await new Promise<void>(resolve => {
    setTimeout(() => {
      try {
        evaluate(trusted.createScript('window.__evaluated = true'))
      } catch {
        resolve()
      }
    })
  })
  return [Reflect.get(window, '__inline'), Reflect.get(window, '__evaluated')]
}
