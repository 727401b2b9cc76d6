import { ApiQuery, PartialType } from '@nestjs/swagger';
import { ChannelInstancesController } from '../../channels/channel-instances.controller.js';
import {
  ChannelInstanceChangeDto,
  ChannelInstanceDto,
  ChannelInstanceInputDto,
  ChannelInstanceListDto,
} from '../../channels/dto/channel-instance.dto.js';
import { CHANNEL_TYPES } from '#channels';
import { describe } from '../describe-operation.js';
import { flagFilter, recordOperations, textFilter } from '../record-operations.js';

class ChannelInstanceChangesDto extends PartialType(ChannelInstanceInputDto) {}

const EXAMPLE = {
  name: 'support',
  channel_type: 'telegram',
  agent_id: '0198c0de-0000-7000-8000-000000000001',
  credentials: { token: '123456:secret' },
  config: { dm_policy: 'pairing', require_mention: true },
};

export function describeChannelInstances(): void {
  describe(ChannelInstancesController, 'Channels', {
    ...recordOperations({
      one: 'a channel instance',
      all: 'the channel instances',
      description: 'Who is no admin sees those of the agents that they may change.',
      answer: ChannelInstanceDto,
      list: ChannelInstanceListDto,
      change: ChannelInstanceChangeDto,
      input: ChannelInstanceInputDto,
      changes: ChannelInstanceChangesDto,
      sorts: ['name', 'channel_type', 'created_at', 'updated_at'],
      filters: [
        flagFilter('enabled', 'Only those that are, or are not.'),
        ApiQuery({
          name: 'channel_type',
          required: false,
          enum: [...CHANNEL_TYPES],
          description: 'Those of this platform.',
        }),
        textFilter('agent_id', 'UUID of an agent.'),
      ],
      examples: { 'a Telegram bot': EXAMPLE },
      changeExamples: {
        'out of use': { enabled: false },
        'another token': { credentials: { token: '123456:other' } },
      },
    }),
  });
}
