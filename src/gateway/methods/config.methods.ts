import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { RpcMethod } from '../rpc-method.decorator.js';

@Injectable()
export class ConfigMethods {
  constructor(private readonly config: ConfigService) {}

  /** The configuration in the shape of its file, secrets masked. */
  @Access('viewer')
  @RpcMethod('config.get')
  get(): Methods['config.get']['result'] {
    return { config: this.config.masked(), hash: this.config.hash(), path: this.config.path };
  }
}
