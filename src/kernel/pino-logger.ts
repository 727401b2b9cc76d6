import type { LoggerService, LogLevel } from '@nestjs/common';
import { destination, type Logger, pino } from 'pino';
import { loggedError } from './logged-error.js';

const PINO_LEVELS: Record<LogLevel, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> = {
  verbose: 'trace',
  debug: 'debug',
  log: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};

/** What Nest says of every module and route it finds; of use when the wiring itself is in question. */
const FRAMEWORK_CONTEXTS: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** For a person at a terminal: short lines instead of JSON. */
  readonly readable: boolean;
}

/** Nest's logger over pino: JSON lines on stderr, or short lines for a person. */
export class PinoLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(
    options: LoggerOptions,
    stderr: { write(text: string): unknown } = destination({ fd: 2, sync: false }),
  ) {
    const out = options.readable ? { write: (line: string) => void stderr.write(readable(line)) } : stderr;
    const formatters = { level: (label: string) => ({ level: label }) };
    this.pino = pino(
      {
        level: options.level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters,
        serializers: { err: loggedError },
      },
      out,
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('log', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('verbose', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context as the last string; errors, and stacks as text, may stand before it. */
  private write(level: LogLevel, message: unknown, rest: readonly unknown[]): void {
    const texts = rest.filter((item) => typeof item === 'string');
    const context = texts.at(-1);
    const stack = texts.length > 1 ? texts[0] : undefined;
    const error = message instanceof Error ? message : rest.find((item) => item instanceof Error);
    const fields =
      typeof message === 'object' && message !== null && !(message instanceof Error) ? message : {};
    const text =
      typeof message === 'string' ? message : message instanceof Error ? message.message : undefined;
    const isChatter = level === 'log' && FRAMEWORK_CONTEXTS.has(context);
    this.pino[isChatter ? 'debug' : PINO_LEVELS[level]](
      { ...fields, context, ...(error && { err: error }), ...(stack !== undefined && { stack }) },
      text,
    );
  }
}

interface LogLine {
  level: string;
  time: string;
  context?: string;
  msg?: string;
  err?: { stack?: string };
  stack?: string;
}

function readable(line: string): string {
  const { level, time, context, msg, err, stack: text } = JSON.parse(line) as LogLine;
  const mark = level === 'info' || level === 'debug' ? '' : `${level === 'warn' ? 'warning' : level} `;
  const trail = err?.stack ?? text;
  const stack = trail ? `\n${trail}` : '';
  return `${time.slice(11, 19)} ${mark}${context ? `[${context}] ` : ''}${msg ?? ''}${stack}\n`;
}
