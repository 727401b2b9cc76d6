import type { Clock } from '#kernel';
import type { Database } from '../database/database.js';
import type { ChannelElection } from './channel-election.js';
import { LockElection } from './lock-election.js';
import { SoleElection } from './sole-election.js';

/** How the replicas of this database agree on who polls a channel. */
export function electionOf({ replicas }: Database, clock: Clock): ChannelElection {
  return replicas ? new LockElection(replicas.link, clock) : new SoleElection();
}
