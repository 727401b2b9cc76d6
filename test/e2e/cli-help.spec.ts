import { expect, it } from 'vitest';
import { runCli } from '../support/cli/index.js';

it('the help is complete, on the standard output, with exit code 0', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of ['serve', 'chat', 'doctor', 'migrate', 'config', 'version'])
    expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  expect(stdout).toContain('Examples:');
  expect(stdout).toContain('GOCLAW_GATEWAY_TOKEN');
  expect(stdout).toContain('Exit codes:');
});

it('a misspelt command is answered with a hint and exit code 2', async () => {
  const { code, stdout, stderr } = await runCli(['migrat', 'up']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Did you mean migrate?');
});

it('the version is printed', async () => {
  expect(await runCli(['version'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^goclaw v[\d.]+ \(protocol 3\)\n$/),
  });
});
