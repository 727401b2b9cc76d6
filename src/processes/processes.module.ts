import { Global, Module } from '@nestjs/common';
import { HostProcesses } from './host-processes.js';

/** What is known of the processes of this host, and who of them is ended with whom. */
@Global()
@Module({ providers: [HostProcesses], exports: [HostProcesses] })
export class ProcessesModule {}
