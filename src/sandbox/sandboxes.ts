import { Injectable } from '@nestjs/common';
import { CommandError, type Sandbox, type SandboxTerms } from '#contracts';
import type { SandboxOwner } from './sandbox-owner.js';

/** The sandboxes of this gateway. */
@Injectable()
export class Sandboxes {
  /**
   * The sandbox of whoever shares one with `owner` under these terms; made when there is none yet. `workspaceRoot` is
   * the host's directory that is seen at /workspace, where the terms give access to it. Ask for it before each use: it
   * may be gone.
   * @throws CommandError that tells the model what to do
   */
  open(
    terms: SandboxTerms,
    owner: SandboxOwner,
    workspaceRoot: string,
    signal: AbortSignal,
  ): Promise<Sandbox> {
    signal.throwIfAborted();
    return Promise.reject(
      new CommandError(
        'unavailable',
        `No sandbox of ${terms.image} for ${owner.agentId} at ${workspaceRoot}.`,
      ),
    );
  }
}
