import { Global, Module } from '@nestjs/common';
import { GuardedFetch } from './guarded-fetch.js';
import { HostResolver } from './host-resolver.js';
import { NetworkGuard } from './network-guard.js';

@Global()
@Module({ providers: [HostResolver, NetworkGuard, GuardedFetch], exports: [NetworkGuard, GuardedFetch] })
export class NetModule {}
