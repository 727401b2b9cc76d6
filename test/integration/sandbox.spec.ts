import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithEngine, SANDBOX_IMAGE, startPodman, type TestPodman } from '../support/podman/index.js';
import { finished, sandboxesAt, type SandboxesUnderTest } from '../support/sandbox/index.js';

describeWithEngine('a sandbox', () => {
  let engine: TestPodman;
  let under: SandboxesUnderTest;
  beforeAll(async () => {
    engine = await startPodman();
    under = await sandboxesAt(engine.dockerHost, SANDBOX_IMAGE);
  });
  afterAll(async () => {
    await under[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });

  it('runs a command', async () => {
    const sandbox = await under.open();
    const t0 = performance.now();
    expect(
      await finished(sandbox, ['sh', '-c', 'cat; echo out; echo err >&2; exit 3'], { input: 'in ' }),
    ).toEqual({
      exitCode: 3,
      stdout: 'in out\n',
      stderr: 'err\n',
    });
    console.log(performance.now() - t0);
  });
});
