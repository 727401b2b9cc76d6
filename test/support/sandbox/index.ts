export { sandboxesAt, type SandboxesUnderTest, termsOf } from './sandboxes-under-test.js';
export { finished } from './finished.js';
