import { Injectable } from '@nestjs/common';
import { DefineToolSource, GATEWAY_TOOLS_ORDER, type Offer, type ToolSource } from '#contracts';
import { Clock } from '#kernel';
import { BrowserTool } from './browser.tool.js';
import { BROWSER_SPEC } from './browser-tool-spec.js';
import { ChromiumHost } from './chromium/chromium-host.js';
import { chromiumLack, findChromium } from './chromium/chromium-path.js';

/** Whether a browser was installed meanwhile is looked up again after so long. */
const LOOK_AGAIN_MS = 60_000;
const SOURCE = 'browser';

/** Offers the tool `browser` where it is switched on and a browser is installed. */
@Injectable()
@DefineToolSource(GATEWAY_TOOLS_ORDER)
export class BrowserToolSource implements ToolSource {
  private readonly offered: Offer;
  private known: { readonly key: string; readonly until: number; readonly offer: Offer } | undefined;

  constructor(
    tool: BrowserTool,
    private readonly host: ChromiumHost,
    private readonly clock: Clock,
  ) {
    this.offered = { tools: [{ spec: BROWSER_SPEC, tool, source: BrowserTool.name }], withheld: [] };
  }

  async offer(): Promise<Offer> {
    const { enabled, executable_path: path } = this.host.settings;
    const key = `${enabled} ${path ?? ''}`;
    const now = this.clock.monotonic();
    if (this.known?.key === key && now < this.known.until) return this.known.offer;
    const reason = await this.lack();
    const { known } = this;
    const offer = reason === undefined ? this.offered : withheld(reason);
    const same = known?.offer.withheld[0]?.reason === reason ? known?.offer : undefined;
    this.known = { key, until: now + LOOK_AGAIN_MS, offer: same ?? offer };
    return this.known.offer;
  }

  private async lack(): Promise<string | undefined> {
    const { enabled, executable_path: path } = this.host.settings;
    if (!enabled) return 'The browser is switched off. An admin can set tools.browser.enabled to true.';
    return (await findChromium(path)) === undefined ? chromiumLack(path) : undefined;
  }
}

function withheld(reason: string): Offer {
  return { tools: [], withheld: [{ name: BROWSER_SPEC.name, source: SOURCE, reason }] };
}
