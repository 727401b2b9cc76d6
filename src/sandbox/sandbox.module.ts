import { Module } from '@nestjs/common';
import { Engine } from './engine/engine.js';
import { Leftovers } from './leftovers.js';
import { SandboxMaker } from './sandbox-maker.js';
import { Sandboxes } from './sandboxes.js';

@Module({ providers: [Engine, Leftovers, SandboxMaker, Sandboxes], exports: [Sandboxes] })
export class SandboxModule {}
