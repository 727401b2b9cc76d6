import { Global, Module } from '@nestjs/common';
import { TraceQuery } from './trace-query.js';
import { Tracer } from './tracer.js';

@Global()
@Module({ providers: [TraceQuery, Tracer], exports: [TraceQuery, Tracer] })
export class TracingModule {}
