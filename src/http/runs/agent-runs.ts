import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type AcceptedRun, type RunHandle, type RunRequest, type RunResult, RunService } from '#agent';
import type { Caller } from '#contracts';
import { LiveCredentials, RateLimiter } from '#permissions';
import { isDisconnected, onDisconnect } from './disconnect.js';
import { LiveRuns } from './live-runs.js';
import { TextFollower, type TextSink } from './text-follower.js';

/** What the HTTP interface leaves to its routes to say of a run. */
export type HttpRunRequest = Omit<RunRequest, 'origin' | 'channel' | 'stream' | 'onAccepted'>;

/**
 * Called with the run as soon as it is known, before any of its text; returns who gets the text. `repeated`: the text is
 * told again, from the beginning of the run.
 */
export type TextTarget = (run: AcceptedRun, repeated: boolean) => TextSink;

const RUN_ID_HEADER = 'x-goclaw-run-id';

/** Runs that are answered by an HTTP response. */
@Injectable()
export class AgentRuns {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly runs: RunService,
    private readonly live: LiveRuns,
    private readonly limiter: RateLimiter,
    private readonly credentials: LiveCredentials,
  ) {}

  /** Accepts a run and waits for its end. @throws AppError as `RunService.submit`. */
  async answer(
    reply: FastifyReply,
    request: HttpRunRequest,
  ): Promise<{ run: AcceptedRun; result: RunResult }> {
    const run = await this.start(reply, request);
    return { run, result: await this.resultOf(request.caller, run) };
  }

  /**
   * Accepts a run and hands its text on as it comes; resolves with its end, after all of the text. A repeated request
   * gets the same pieces again. @throws AppError as `RunService.submit`; HttpError `run-interrupted`; what the target
   * throws.
   */
  async stream(reply: FastifyReply, request: HttpRunRequest, target: TextTarget): Promise<RunResult> {
    let follower: TextFollower | undefined;
    let unwatch: (() => void) | undefined;
    const onAccepted = (run: AcceptedRun): void => {
      follower = new TextFollower(target(run, false));
      unwatch = this.live.watch(run.runId, follower.accept);
    };
    try {
      const handle = await this.start(reply, { ...request, stream: true, onAccepted });
      follower ??= new TextFollower(target(handle, handle.repeated));
      if (handle.repeated) unwatch = await this.follow(request.caller, handle.runId, follower);
      return await this.end(request.caller, handle, follower);
    } finally {
      unwatch?.();
    }
  }

  /** Accepts a run and does not wait. */
  submit(reply: FastifyReply, request: HttpRunRequest): Promise<RunHandle> {
    return this.start(reply, { ...request, detached: true });
  }

  /** The text of an accepted run from its beginning; as {@link stream} otherwise. */
  async replay(caller: Caller, handle: RunHandle, target: TextTarget): Promise<RunResult> {
    const follower = new TextFollower(target(handle, true));
    const unfollow = await this.follow(caller, handle.runId, follower);
    try {
      return await this.end(caller, handle, follower);
    } finally {
      unfollow();
    }
  }

  /** The end of the run that answered: another one when this one was merged into it. */
  async resultOf(caller: Caller, handle: Pick<RunHandle, 'done'>): Promise<RunResult> {
    const result = await this.unlessLost(caller, handle.done);
    if (result.mergedInto === undefined) return result;
    return this.resultOf(caller, await this.runs.attach(caller, { runId: result.mergedInto }));
  }

  /** The same when the run has ended, else `undefined`, at once. */
  async resultSoFar(caller: Caller, handle: Pick<RunHandle, 'done'>): Promise<RunResult | undefined> {
    return (await settled(handle.done)) ? this.resultOf(caller, handle) : undefined;
  }

  /** Stops a run, going or waiting; an ended one stays as it is. */
  async cancel(caller: Caller, { runId }: AcceptedRun): Promise<void> {
    await this.runs.abort(caller, { runId });
  }

  /** An answer that somebody waits for ends with the credential that asked. @throws PermissionError */
  private async unlessLost<T>(caller: Caller, waiting: Promise<T>): Promise<T> {
    const lost = Promise.withResolvers<never>();
    const unwatch = this.credentials.watch(caller, lost.reject);
    try {
      return await Promise.race([waiting, lost.promise]);
    } finally {
      unwatch();
    }
  }

  private follow(caller: Caller, runId: string, follower: TextFollower): Promise<() => void> {
    return this.runs.follow(caller, runId, undefined, follower.accept);
  }

  private async end(
    caller: Caller,
    handle: Pick<RunHandle, 'done'>,
    follower: TextFollower,
  ): Promise<RunResult> {
    const result = await this.unlessLost(caller, Promise.race([follower.broken, handle.done]));
    if (result instanceof Error) throw result;
    if (result.mergedInto === undefined) {
      follower.complete(result);
      return result;
    }
    const next = await this.runs.attach(caller, { runId: result.mergedInto });
    const unfollow = await this.follow(caller, next.runId, follower);
    return this.end(caller, next, follower).finally(unfollow);
  }

  private async start(
    reply: FastifyReply,
    request: HttpRunRequest & Pick<RunRequest, 'onAccepted'> & { stream?: boolean },
  ): Promise<RunHandle> {
    const { caller, detached } = request;
    this.limiter.take(caller);
    const onAccepted = (run: AcceptedRun): void => {
      // Now, because text may come before the caller hears of the run.
      reply.header(RUN_ID_HEADER, run.runId);
      request.onAccepted?.(run);
    };
    const whole = { stream: false, ...request, origin: 'http', channel: 'http', onAccepted } as const;
    const handle = await this.runs.submit(whole);
    if (handle.repeated) reply.header(RUN_ID_HEADER, handle.runId);
    if (detached) return handle;
    const abort = (): void => {
      this.runs.abort(caller, { runId: handle.runId }, 'disconnect').catch((error: unknown) => {
        this.logger.error(`run ${handle.runId} could not be aborted after its client left`, error);
      });
    };
    if (isDisconnected(reply)) abort();
    else onDisconnect(reply, abort);
    return handle;
  }
}

/** Whether a promise has its value already. */
function settled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);
}
