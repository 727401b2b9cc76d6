import { Injectable } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';

/**
 * The OpenAPI document of this gateway. Made when somebody asks for it: reading the code's own types takes a tenth of
 * a second, and most gateways start without anybody reading their documentation.
 */
@Injectable()
export class ApiDocument {
  private application: INestApplication | undefined;
  private text: Promise<string> | undefined;

  /** The application whose routes are documented. */
  describe(application: INestApplication): void {
    this.application = application;
  }

  json(): Promise<string> {
    this.text ??= this.build();
    return this.text;
  }

  private async build(): Promise<string> {
    if (!this.application) throw new Error('The application was not configured by configureHttp.');
    const { buildDocument } = await import('./build-document.js');
    return JSON.stringify(buildDocument(this.application));
  }
}
