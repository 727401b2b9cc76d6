import { describe, expect, it } from 'vitest';
import { checkTemplate } from './command-template.js';

const HOST = new Set(['host', 'count']);

describe('A command of a custom tool', () => {
  it.each([
    'ping -c {{.count}} {{.host}}',
    'ping -c {{ .count }} -- {{.host}}',
    `echo 'no placeholder' "in quotes" {{.host}}`,
    String.raw`echo \' {{.host}}`,
    'curl https://example.com/{{.host}}',
    "cat <<'END'\nplain\nEND",
    'uptime',
  ])('may be %s', (command) => {
    expect(checkTemplate(command, HOST)).toBeUndefined();
  });

  it.each([
    ['ping {{.port}}', 'no property'],
    ['ping {{.}}', 'no property'],
    [`ping '{{.host}}'`, 'inside of quotes'],
    ['ping "{{.host}}"', 'inside of quotes'],
    ['echo `ping {{.host}}`', 'inside of quotes'],
    [String.raw`echo "\"{{.host}}"`, 'inside of quotes'],
    [`echo 'a\\' {{.host}} '`, 'not closed'],
    ['cat <<END\n{{.host}}\nEND', '<<'],
    ['echo $(({{.count}} + 1))', '(('],
    [`echo "open`, 'not closed'],
  ])('may not be %s', (command, why) => {
    expect(checkTemplate(command, HOST)).toContain(why);
  });
});
