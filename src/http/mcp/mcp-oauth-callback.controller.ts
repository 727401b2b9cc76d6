import { Controller, Get, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppError } from '#kernel';
import { McpOAuth } from '#mcp';
import { Access } from '#permissions';
import { STATUS_OF_CODE } from '../errors/error-status.js';
import { confirmPage, messagePage, PAGE_HEADERS } from './oauth-page.js';

const TEXT_MAX_CHARS = 4_000;

/** Where authorization servers send browsers back to. Who comes proves by the state what he began. */
@Controller('v1/mcp/oauth/callback')
export class McpOAuthCallbackController {
  constructor(private readonly oauth: McpOAuth) {}

  /** Asks first: tokens are taken by the form that is shown. */
  @Get()
  @Access('none')
  async confirm(@Query() query: Record<string, unknown>, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, async () => {
      const answer = answerOf(query);
      if (answer.error !== undefined) await this.oauth.finish(answer);
      const { server, userId } = await this.oauth.waiting(answer.state);
      return confirmPage(server, userId, `?${new URLSearchParams({ ...answer }).toString()}`);
    });
  }

  @Post()
  @Access('none')
  async finish(@Query() query: Record<string, unknown>, @Res() reply: FastifyReply): Promise<void> {
    await this.answer(reply, async () => {
      const { server } = await this.oauth.finish(answerOf(query));
      return messagePage('Connected', `The MCP server ${server} is connected. You can close this page.`);
    });
  }

  private async answer(reply: FastifyReply, work: () => Promise<string>): Promise<void> {
    const send = (status: number, page: string): void =>
      void reply.code(status).headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(page);
    try {
      send(200, await work());
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      send(STATUS_OF_CODE[error.code], messagePage('Not connected', error.message));
    }
  }
}

function answerOf(query: Record<string, unknown>): {
  state: string;
  code?: string;
  iss?: string;
  error?: string;
} {
  const text = (name: string): string | undefined => {
    const value = query[name];
    return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_MAX_CHARS) : undefined;
  };
  const [state = '', code, iss, error] = ['state', 'code', 'iss', 'error'].map(text);
  return {
    state,
    ...(code !== undefined && { code }),
    ...(iss !== undefined && { iss }),
    ...(error !== undefined && { error }),
  };
}
