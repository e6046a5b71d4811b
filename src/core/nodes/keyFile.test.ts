import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openSshPublicHalf, parsePublicKey } from './keyFile'
import { newKeyPair } from './sshAuth'

it('reads the public half of a private key as its public file has it', () => {
  const { privateKey, publicKey } = newKeyPair('a comment')
  const read = parsePublicKey(`${publicKey}\n`)
  expect(read).toEqual({
    type: 'ssh-ed25519',
    wire: openSshPublicHalf(Buffer.from(privateKey)),
    comment: 'a comment',
  })
})

it('reads no key from a public file that is torn, or says another type than it has', () => {
  const [type = '', base64 = ''] = newKeyPair('').publicKey.split(' ')
  expect(parsePublicKey(`${type} ${base64}`)).toMatchObject({ type, comment: '' })
  for (const text of [
    '',
    type,
    `ssh-rsa ${base64}`,
    `${type} !`,
    `${type} AAAA`,
    `${type} ${base64}\nmore`,
  ]) {
    expect(parsePublicKey(text)).toBe(null)
  }
})

it('never reads beyond a private key file, however it is torn or made up', () => {
  const armour = (bytes: Uint8Array): Buffer =>
    Buffer.from(
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from(bytes).toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    )
  const begin = Buffer.from('openssh-key-v1\0')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
      for (const file of [Buffer.from(bytes), armour(bytes), armour(Buffer.concat([begin, bytes]))]) {
        const half = openSshPublicHalf(file)
        expect(half === null || half.length <= bytes.length).toBe(true)
      }
    }),
  )
})
