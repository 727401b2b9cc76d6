import { Module } from '@nestjs/common';
import { Sandboxes } from './sandboxes.js';

@Module({ providers: [Sandboxes], exports: [Sandboxes] })
export class SandboxModule {}
