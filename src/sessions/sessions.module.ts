import { Module } from '@nestjs/common';
import { SessionService } from './session.service.js';
import { Transcript } from './transcript.js';

@Module({ providers: [SessionService, Transcript], exports: [SessionService, Transcript] })
export class SessionsModule {}
