import { describe, expect, it } from 'vitest';
import { bodyOf, readSkillMarkdown } from './skill-markdown.js';

const markdown = (fields: string, body = 'Text.'): string => `---\n${fields}\n---\n\n${body}\n`;

describe('A SKILL.md', () => {
  it('has its fields between dashes, with or without quotes', () => {
    const read = readSkillMarkdown(markdown(`name: "Weekly Report"\ndescription: 'Writes it'\nlicense: MIT`));
    expect(read).toMatchObject({ name: 'Weekly Report', slug: 'weekly-report', description: 'Writes it' });
    expect(read.frontmatter).toEqual({ name: 'Weekly Report', description: 'Writes it', license: 'MIT' });
    expect(read.body).toBe('Text.\n');
  });

  it('may have a description of several lines, and lines that end as on Windows', () => {
    const folded = readSkillMarkdown(markdown('name: a b\ndescription: >\n  One\n  two.\nslug: x1'));
    expect(folded).toMatchObject({ description: 'One two.', slug: 'x1' });
    const windows = readSkillMarkdown(`\uFEFF${markdown('name: Win').replaceAll('\n', '\r\n')}`);
    expect(windows).toMatchObject({ name: 'Win', slug: 'win', body: 'Text.\n' });
  });

  it('is called "skill" when nothing of its name can be in a slug', () => {
    expect(readSkillMarkdown(markdown('name: 日報')).slug).toBe('skill');
  });

  it.each([
    ['no frontmatter', '# Title', 'without a name'],
    ['no name', markdown('description: x'), 'without a name'],
    ['a frontmatter without an end', '---\nname: x\n', 'without a name'],
    ['a slug with a slash', markdown('name: x\nslug: ../up'), 'slug'],
    ['a slug of one letter', markdown('name: x'), 'slug'],
    ['a giant name', markdown(`name: ${'x'.repeat(300)}`), '255'],
    ['a giant description', markdown(`name: xy\ndescription: ${'x'.repeat(4_001)}`), '4000'],
  ])('is refused with %s', (_, text, why) => {
    expect(() => readSkillMarkdown(text)).toThrow(why);
  });

  it('is read without its frontmatter, and whole when it has none', () => {
    expect(bodyOf(markdown('name: x', 'Do it.'))).toBe('Do it.\n');
    expect(bodyOf('Do it.\n')).toBe('Do it.\n');
  });
});
