import { type Browser, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** What an operation in the page was answered. */
export interface ShownAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Swagger UI in a real browser, used as an admin uses it: by its buttons and fields. */
export class SwaggerPage implements AsyncDisposable {
  /** What the page complained about. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(gatewayUrl: string): Promise<SwaggerPage> {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const swagger = new SwaggerPage(browser, page);
    await page.goto(`${gatewayUrl}/docs`);
    await page.locator('.opblock').first().waitFor();
    return swagger;
  }

  /** Fills in the schemes of the Authorize dialog, by their names. */
  async authorize(values: Readonly<Record<string, string>>): Promise<void> {
    await this.page.getByRole('button', { name: 'Authorize', exact: true }).first().click();
    const dialog = this.page.locator('.auth-wrapper .modal-ux, .dialog-ux .modal-ux').first();
    for (const [scheme, value] of Object.entries(values)) {
      const container = dialog.locator('.auth-container').filter({ hasText: new RegExp(`^${scheme}\\b`) });
      await container.locator('input').first().fill(value);
      await container.getByRole('button', { name: /apply credentials|authorize/i }).click();
    }
    await dialog.locator('.close-modal').click();
  }

  /** Opens an operation, fills in its body and parameters, executes it and reads what is shown. */
  async execute(
    operationId: string,
    { body, parameters = {} }: { body?: object; parameters?: Readonly<Record<string, string>> } = {},
  ): Promise<ShownAnswer> {
    const block = this.page.locator(`.opblock[id$="-${operationId}"]`);
    await block.locator('.opblock-summary-control').click();
    await block.locator('.try-out__btn').click();
    for (const [name, value] of Object.entries(parameters))
      await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
    if (body) await block.locator('textarea.body-param__text').fill(JSON.stringify(body));
    await block.locator('.execute').click();
    const live = block.locator('.live-responses-table .response').first();
    await live.waitFor();
    const status = await live.locator('.response-col_status').innerText();
    const text = await live.locator('.highlight-code code').first().innerText();
    return { status: Number.parseInt(status, 10), body: JSON.parse(text) as Record<string, unknown> };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
  }
}
