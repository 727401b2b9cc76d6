import { Global, Module } from '@nestjs/common';
import { GuardedFetch } from './guarded-fetch.js';
import { NetworkGuard } from './network-guard.js';

@Global()
@Module({ providers: [NetworkGuard, GuardedFetch], exports: [NetworkGuard, GuardedFetch] })
export class NetModule {}
