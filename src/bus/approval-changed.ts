/** A command waits to be approved, or waits no more: it was decided, or whoever asked is gone. */
export class ApprovalChanged {
  constructor(
    readonly change: 'requested' | 'resolved',
    /** Of the approval. */
    readonly id: string,
  ) {}
}
