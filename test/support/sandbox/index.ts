export { sandboxesAt, type SandboxesUnderTest, termsOf } from './sandboxes-under-test.js';
export { finished, type Finished } from './finished.js';
