import { ChannelElection } from './channel-election.js';

/** There is only one replica. */
export class SoleElection extends ChannelElection {
  override async lead(
    _channel: string,
    work: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) await work(signal);
  }
}
