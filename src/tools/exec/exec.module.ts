import { Module } from '@nestjs/common';
import { SandboxModule } from '#sandbox';
import { ApprovalsModule } from '../approvals/approvals.module.js';
import { BackgroundCommands } from '../process/background-commands.js';
import { BackgroundRunner } from '../process/background-runner.js';
import { ProcessTool } from '../process/process.tool.js';
import { CommandPlaces } from './command-places.js';
import { CommandRunner } from './command-runner.js';
import { CommandStarter } from './command-starter.js';
import { ExecTool } from './exec.tool.js';

/** Commands of agents: `exec`, `process`, and what runs the commands of other tools. */
@Module({
  imports: [ApprovalsModule, SandboxModule],
  providers: [
    CommandPlaces,
    CommandStarter,
    CommandRunner,
    BackgroundCommands,
    BackgroundRunner,
    ExecTool,
    ProcessTool,
  ],
  exports: [CommandPlaces, CommandRunner],
})
export class ExecModule {}
