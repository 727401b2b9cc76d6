/** A device asks to be let in (`id`: of the request), was let in, or was shut out (`id`: of the device). */
export class PairingChanged {
  constructor(
    readonly change: 'requested' | 'approved' | 'revoked',
    readonly id: string,
  ) {}
}
