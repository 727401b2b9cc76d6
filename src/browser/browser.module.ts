import { Module } from '@nestjs/common';
import { BrowserTool } from './browser.tool.js';
import { BrowserToolSource } from './browser-tool-source.js';
import { Browsers } from './browsers.js';
import { ChromiumHost } from './chromium/chromium-host.js';
import { BrowserSessions } from './session/browser-sessions.js';

@Module({
  providers: [ChromiumHost, BrowserSessions, Browsers, BrowserTool, BrowserToolSource],
  exports: [Browsers],
})
export class BrowserModule {}
