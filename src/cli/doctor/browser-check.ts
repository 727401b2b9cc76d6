import { BrowserConfig, type BrowserFinding, probeBrowser } from '#browser';
import type { ConfigService } from '#config';
import type { Finding } from './finding.js';

const check = 'browser';

/** Whether the tool `browser` has a browser that starts. */
export async function checkBrowser(config: ConfigService): Promise<Finding> {
  return findingOf(await probeBrowser(config.get(BrowserConfig).browser));
}

function findingOf(found: BrowserFinding): Finding {
  switch (found.kind) {
    case 'off':
      return { check, level: 'ok', message: 'switched off (tools.browser.enabled)' };
    case 'missing':
      return {
        check,
        level: 'warning',
        message: 'none, so agents do not have the tool browser',
        remedy: `${found.remedy} Or set tools.browser.enabled to false.`,
      };
    case 'broken':
      return {
        check,
        level: 'warning',
        message: `${found.path} does not start: ${found.reason}`,
        remedy:
          'Its sandbox needs user namespaces: allow them to this user (in containers by a seccomp profile), or set tools.browser.enabled to false.',
      };
    case 'works':
      if (found.sandbox) return { check, level: 'ok', message: `${found.path} starts (${found.version})` };
      return {
        check,
        level: 'warning',
        message: `${found.path} starts (${found.version}), but only without its sandbox`,
        remedy: 'Allow user namespaces to unprivileged users, so that the browser can shut its pages in.',
      };
  }
}
