import { describe, expect, it } from 'vitest'
import { withSection } from '../../bench/page.ts'

describe('the page of benchmarks', () => {
  const both = withSection(withSection('', 'Mapping', 'Two.\n\n### Ratios\n\nFast.\n'), 'Reading', 'One.\n')

  it('keeps what other runs wrote, in its own order', () => {
    expect(both).toMatch(/# Benchmarks\n\n## Reading\n\nOne\.\n\n## Mapping\n\nTwo\.\n\n### Ratios\n\nFast\.\n$/)
    expect(withSection(both, 'Reading', 'Three.')).toBe(both.replace('One.', 'Three.'))
    expect(withSection(both, 'Mapping', 'Two.\n\n### Ratios\n\nFast.')).toBe(both)
  })

  it('drops a section that no benchmark writes', () => {
    expect(withSection(`${both}\n## Something else\n\nOld.\n`, 'Reading', 'One.')).toBe(both)
  })
})
