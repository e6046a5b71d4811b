import { describe, expect, it } from 'vitest'
import { compileProgressPattern } from './progressPattern'

describe('compileProgressPattern', () => {
  it.each([
    [String.raw`iteration (\d+)/(\d+)`, 2],
    [String.raw`step (\d+)`, 1],
    [String.raw`(?:epoch|step) (\d+)(?: of (\d+))?`, 2],
    [String.raw`(?<step>\d+) done`, 1],
    [String.raw`\((\d+)\)+`, 1],
    [String.raw`[(+*]+ (\d+)`, 1],
    [String.raw`(?:ab)+ (\d+)`, 1],
    ['(a|b)', 1],
    [String.raw`a{3} (\d{2})`, 1],
  ])('accepts %s with %i groups', (source, groups) => {
    expect(compileProgressPattern(source)).toEqual({ regex: new RegExp(source), groups })
  })

  it.each([
    ['(', 'This is not a valid regular expression.'],
    ['a\\', 'This is not a valid regular expression.'],
    [String.raw`\d+`, 'The pattern has no group, so there is no step to read.'],
    [String.raw`\(\d+\)`, 'The pattern has no group, so there is no step to read.'],
    [String.raw`(\d+)/(\d+) (\d+)`, 'The pattern has more than two groups.'],
    ['(a+)+', 'A repeated group repeats inside: this can take for ever.'],
    ['((?:x|a*)b?)*', 'A repeated group repeats inside: this can take for ever.'],
    [String.raw`(?:(\d+))+`, 'A repeated group repeats inside: this can take for ever.'],
    ['(a+){20}', 'A repeated group repeats inside: this can take for ever.'],
    ['((ab)*c){2,}', 'A repeated group repeats inside: this can take for ever.'],
  ])('refuses %s', (source, message) => {
    expect(compileProgressPattern(source)).toMatchObject({ regex: null, message })
  })
})
