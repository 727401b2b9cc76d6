export { describeWithEngine } from './describe-with-engine.js';
export { SANDBOX_IMAGE } from './busybox-image.js';
export { startPodman, type TestPodman } from './podman-engine.js';
