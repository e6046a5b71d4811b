import { writeFileSync } from 'node:fs'
import { chmod, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEditBench, fresh, HAND, named } from './editBench'
import { createEditFile } from './editFile'
import { createFleetEdits } from './fleetEdits'

let bench: Awaited<ReturnType<typeof createEditBench>>
beforeEach(async () => {
  bench = await createEditBench()
})
afterEach(() => bench[Symbol.asyncDispose]())

describe('the file', () => {
  it('that is broken is not touched, and its mistake is named', async () => {
    expect(await bench.refusal('version: 1\nnodes: 3\n', each => each.add([fresh('a')]))).toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^fleet\.yaml has a mistake in line 2: nodes must be/),
      hint: expect.stringMatching(/ Drydock changes the file only when it is right\.$/),
    })
  })

  it('that is missing is a sentence', async () => {
    await expect(bench.edits.remove(named('a'))).rejects.toMatchObject({ code: 'refused' })
  })

  it('that is not UTF-8 is not written back with letters lost', async () => {
    const bytes = Buffer.concat([Buffer.from(HAND), Buffer.from([0x23, 0x20, 0xfc, 0x0a])])
    await writeFile(bench.path, bytes)
    await expect(bench.edits.add([fresh('a')])).rejects.toMatchObject({
      code: 'refused',
      message: 'fleet.yaml has characters that are not UTF-8.',
    })
    expect(await readFile(bench.path)).toEqual(bytes)
  })

  it('keeps its mode, and a symbolic link stays one', async () => {
    const target = join(bench.folder, 'dotfiles.yaml')
    await writeFile(target, HAND)
    await chmod(target, 0o664)
    await symlink(target, bench.path)
    await bench.edits.add([fresh('pc4')])
    expect((await lstat(bench.path)).isSymbolicLink()).toBe(true)
    expect((await stat(target)).mode & 0o777).toBe(0o664)
    expect(await readFile(target, 'utf8')).toContain('pc4')
    expect(await readdir(bench.folder)).toEqual(['dotfiles.yaml', 'fleet.yaml'])
  })

  it('that cannot be written is left as it was, with a sentence', async () => {
    // A name as long as a file system allows leaves no room for the draft beside it; root is refused nothing else.
    const target = join(bench.folder, 'x'.repeat(250))
    await writeFile(target, HAND)
    await symlink(target, bench.path)
    await expect(bench.edits.add([fresh('pc4')])).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/cannot be written: ENAMETOOLONG/),
      hint: 'Make room on the disk, or correct the permissions of the file and its folder.',
    })
    expect(await readFile(target, 'utf8')).toBe(HAND)
  })

  it('takes edits one after the other', async () => {
    await writeFile(bench.path, HAND)
    const each = bench.edits
    const names = ['n1', 'n2', 'n3', 'n4']
    await Promise.all([...names.map(name => each.add([fresh(name)])), each.remove(named('pc2'))])
    const text = await readFile(bench.path, 'utf8')
    expect([...names, 'pc2'].map(name => text.includes(`name: ${name}`))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('is edited again when an editor saves it in between', async () => {
    await writeFile(bench.path, HAND)
    let isSaved = false
    const racing = createFleetEdits({
      editFile: createEditFile({ path: bench.path, refresh: () => Promise.resolve() }),
      // Asked after the file was read and before it is written.
      activeRunOn: () => {
        if (!isSaved) writeFileSync(bench.path, HAND.replace('# Mine.', '# Saved meanwhile.'))
        isSaved = true
        return null
      },
    })
    await racing.remove(named('pc3'))
    const text = await readFile(bench.path, 'utf8')
    expect(text).toContain('# Saved meanwhile.')
    expect(text).not.toContain('pc3')
  })

  it('that never stops changing is left alone', async () => {
    await writeFile(bench.path, HAND)
    let count = 0
    const racing = createFleetEdits({
      editFile: createEditFile({ path: bench.path, refresh: () => Promise.resolve() }),
      activeRunOn: () => {
        writeFileSync(bench.path, `${HAND}# ${(count += 1)}\n`)
        return null
      },
    })
    await expect(racing.remove(named('pc3'))).rejects.toMatchObject({
      message: 'fleet.yaml is being changed by another program at this moment.',
    })
    expect(await readFile(bench.path, 'utf8')).toBe(`${HAND}# 2\n`)
  })
})
