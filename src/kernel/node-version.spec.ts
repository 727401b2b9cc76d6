import { expect, it } from 'vitest';
import { nodeProblem } from './node-version.js';

it.each(['22.0.0', '24.21.0', '30.1.0'])('runs on Node %s', (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

it.each(['20.19.2', '9.0.0'])('says what to do on Node %s', (version) => {
  expect(nodeProblem(version)).toContain('npm start');
});
