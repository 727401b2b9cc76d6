/** News of other replicas may have been missed: whatever is remembered of what they may change is to be read again. */
export class CachesStale {
  readonly reason = 'missed-notifications';
}
