import type { Tab } from '../session/tab.js';
import { onPage, type PageLimit } from './page-limit.js';

/** What vendors take of one picture, with room to spare. */
const PICTURE_MAX_WIDTH = 2_000;
const PICTURE_MAX_HEIGHT = 6_000;
const QUALITY = 70;

export interface Screenshot {
  /** base64 of a JPEG. */
  readonly data: string;
  readonly mimeType: 'image/jpeg';
  /** Of the whole page there is more than the picture shows. */
  readonly isCut: boolean;
}

/** A picture of what is seen, or of the whole page as far as a picture can hold it. @throws BrowserError */
export function takeScreenshot(tab: Tab, fullPage: boolean, limit: PageLimit): Promise<Screenshot> {
  return onPage(tab, limit, async () => {
    const cdp = await tab.page.context().newCDPSession(tab.page);
    try {
      const { cssContentSize } = await cdp.send('Page.getLayoutMetrics');
      const width = Math.max(1, Math.min(cssContentSize.width, PICTURE_MAX_WIDTH));
      const height = Math.max(1, Math.min(cssContentSize.height, PICTURE_MAX_HEIGHT));
      const { data } = await cdp.send('Page.captureScreenshot', {
        format: 'jpeg',
        quality: QUALITY,
        ...(fullPage && { captureBeyondViewport: true, clip: { x: 0, y: 0, width, height, scale: 1 } }),
      });
      const isCut = fullPage && (cssContentSize.width > width || cssContentSize.height > height);
      return { data, mimeType: 'image/jpeg', isCut };
    } finally {
      await cdp.detach().catch(() => undefined);
    }
  });
}
