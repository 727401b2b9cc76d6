import { describe, expect, it } from 'vitest';
import { testContext } from './cli-context.fixture.js';
import { runCli } from './run-cli.js';

describe('the command line', () => {
  it('starts the gateway without a command', async () => {
    const context = testContext();
    expect(await runCli(['--config', 'my.json', '-v'], context)).toBe(0);
    expect(context.served).toEqual([{ config: 'my.json', verbose: true }]);
  });

  it('takes global flags before and behind the command', async () => {
    const context = testContext();
    await runCli(['--verbose', 'serve'], context);
    await runCli(['serve', '--config', 'a.json'], context);
    expect(context.served).toEqual([{ verbose: true }, { config: 'a.json', verbose: false }]);
  });

  it('answers a misspelt command with the nearest one, and does not start anything', async () => {
    const context = testContext();
    expect(await runCli(['docter'], context)).toBe(2);
    expect(context.stderr.text).toContain("unknown command 'docter'");
    expect(context.stderr.text).toContain('Did you mean doctor?');
    expect(context.stderr.text).toContain('goclaw --help');
    expect(context.served).toEqual([]);
  });

  it.each([
    [['--wrong'], "unknown option '--wrong'"],
    [['chat', '--mesage', 'x'], 'Did you mean --message?'],
    [['doctor', 'surplus'], 'too many arguments'],
    [['--config'], 'argument missing'],
  ])('answers %j with what is wrong and exit code 2', async (args, message) => {
    const context = testContext();
    expect(await runCli(args, context)).toBe(2);
    expect(context.stderr.text).toContain(message);
    expect(context.served).toEqual([]);
  });

  it('names every command, global flag and important variable in its help', async () => {
    const context = testContext();
    expect(await runCli(['--help'], context)).toBe(0);
    for (const word of [
      'serve',
      'chat',
      'doctor',
      'migrate',
      'config',
      'secrets',
      'version',
      '--config',
      '--verbose',
    ])
      expect(context.stdout.text).toContain(word);
    for (const variable of ['CONFIG', 'PORT', 'GATEWAY_TOKEN', 'POSTGRES_DSN', 'DATA_DIR', '<NAME>_API_KEY'])
      expect(context.stdout.text).toContain(`GOCLAW_${variable}`);
    expect(context.stderr.text).toBe('');
  });

  it.each(['serve', 'chat', 'doctor', 'migrate', 'config', 'secrets', 'version'])(
    'shows the help of %s with the global flags',
    async (command) => {
      const context = testContext();
      expect(await runCli([command, '--help'], context)).toBe(0);
      expect(context.stdout.text).toContain(`Usage: goclaw ${command}`);
      expect(context.stdout.text).toContain('--config <path>');
      expect(context.served).toEqual([]);
    },
  );

  it.each([['version'], ['--version']])('prints versions for %s', async (arg) => {
    const context = testContext();
    expect(await runCli([arg], context)).toBe(0);
    expect(context.stdout.text).toMatch(/^goclaw v\d+\.\d+\.\d+ \(protocol 3\)\n$/);
  });

  it('tells an expected failure without a stack, and with it when asked', async () => {
    const broken = { configText: '{ gateway: { port: "much" } }' };
    const plain = testContext(broken);
    expect(await runCli(['config', 'show'], plain)).toBe(1);
    expect(plain.stderr.text).toMatch(/^Error: The configuration .* cannot be used:\n {2}gateway\.port: /);
    expect(plain.stderr.text).not.toMatch(/\n\s+at /);
    const verbose = testContext(broken);
    await runCli(['config', 'show', '-v'], verbose);
    expect(verbose.stderr.text).toMatch(/\n\s+at /);
  });

  it('says of an unexpected failure how to see more', async () => {
    const context = { ...testContext(), serve: () => Promise.reject(new Error('the sky fell')) };
    expect(await runCli([], context)).toBe(1);
    expect(context.stderr.text).toBe(
      'Error: the sky fell\nRun it again with --verbose to see where this comes from.\n',
    );
  });

  it('gives back the exit code of the gateway', async () => {
    expect(await runCli(['serve'], { ...testContext(), serve: () => Promise.resolve(130) })).toBe(130);
  });
});

describe('goclaw config', () => {
  it('tells where a configuration is that cannot be used', async () => {
    const context = testContext({ configText: '{ this is not' });
    expect(await runCli(['config', 'path'], context)).toBe(0);
    expect(context.stdout.text).toMatch(/config\.json\n$/);
  });

  it('prints the JSON Schema of the configuration', async () => {
    const context = testContext();
    expect(await runCli(['config', 'schema'], context)).toBe(0);
    expect(JSON.parse(context.stdout.text)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { gateway: { properties: { port: { type: 'integer' } } } },
    });
  });

  it('shows the configuration in effect, with secrets masked', async () => {
    const env = { GOCLAW_GATEWAY_TOKEN: 'canary-0123456789', GOCLAW_OPENAI_API_KEY: 'sk-canary' };
    const context = testContext({ env, config: { gateway: { port: 4321 } } });
    expect(await runCli(['config', 'show'], context)).toBe(0);
    expect(JSON.parse(context.stdout.text)).toMatchObject({
      gateway: { port: 4321, token: '***' },
      providers: { openai: { api_key: '***' } },
    });
    expect(context.stdout.text).not.toContain('canary');
  });

  it('warns of what is valid and unwise', async () => {
    const context = testContext({ config: { providers: { openai: { api_key: 'sk-canary' } } } });
    expect(await runCli(['config', 'validate'], context)).toBe(0);
    expect(context.stdout.text).toContain('is valid');
    expect(context.stderr.text).toMatch(/^Warning: providers\.openai\.api_key is a secret/);
    expect(context.stderr.text).not.toContain('canary');
  });
});
