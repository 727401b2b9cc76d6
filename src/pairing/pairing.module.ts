import { Module } from '@nestjs/common';
import { PairingService } from './pairing.service.js';

/** Browsers and chats that ask to be let in. */
@Module({ providers: [PairingService], exports: [PairingService] })
export class PairingModule {}
