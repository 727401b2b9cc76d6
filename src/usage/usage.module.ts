import { Module } from '@nestjs/common';
import { UsageQuery } from './usage-query.js';

@Module({ providers: [UsageQuery], exports: [UsageQuery] })
export class UsageModule {}
