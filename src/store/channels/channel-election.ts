/** Of all replicas that could poll a channel, one does. */
export abstract class ChannelElection {
  /**
   * Does `work` while this replica is the elected one, again and again until `signal` aborts; resolves then. The
   * signal that `work` gets aborts when the election is lost, at the latest some seconds after that: another replica
   * may have begun by then. Rejects with what `work` throws.
   */
  abstract lead(
    channel: string,
    work: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}
