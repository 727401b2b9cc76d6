import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access } from '#permissions';
import { PROTOCOL_VERSION } from '#protocol';
import type { HealthDto, LivenessDto, ReadinessDto } from './dto/health.dto.js';
import { Readiness } from './readiness.js';

/** For load balancers and Kubernetes. */
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get()
  @Access('none')
  health(): HealthDto {
    return { status: 'ok', protocol: PROTOCOL_VERSION };
  }

  @Get('live')
  @Access('none')
  live(): LivenessDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @Access('none')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const parts = await this.readiness.report();
    const isReady = Object.values(parts).every((state) => state === 'ok');
    if (!isReady) reply.code(HttpStatus.SERVICE_UNAVAILABLE);
    return { status: isReady ? 'ok' : 'unavailable', ...parts };
  }
}
