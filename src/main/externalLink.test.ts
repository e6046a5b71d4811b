import fc from 'fast-check'
import { expect, it } from 'vitest'
import { externalLink } from './externalLink'

it('lets a manual through as it is', () => {
  expect(externalLink('https://docs.ray.io/en/latest/index.html#x')).toBe(
    'https://docs.ray.io/en/latest/index.html#x',
  )
})

it('hands out what it judged, not what it was given', () => {
  expect(externalLink('https://docs.ray.io\\@evil.example/')).toBe('https://docs.ray.io/@evil.example/')
})

it.each([
  'http://docs.ray.io/',
  'https://docs.ray.io:8443/',
  'https://ok@docs.ray.io/',
  'https://docs.ray.io@evil.example/',
  'https://docs.ray.io.evil.example/',
  'https://evil.example/docs.ray.io',
  '//docs.ray.io/',
  'file:///etc/passwd',
  'smb://docs.ray.io/share',
  '\\\\docs.ray.io\\share',
  'javascript:alert(1)',
  'ssh://docs.ray.io',
  'data:text/html,x',
  'ms-msdt:/id',
  'app://drydock/',
  '',
])('keeps %s inside', link => {
  expect(externalLink(link)).toBeNull()
})

it('opens no other host and no other scheme, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string()), text => {
      expect(externalLink(text)).toBeNull()
    }),
  )
})
