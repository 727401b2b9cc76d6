import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { ConfigEditor, documentOf, LiveConfig, readPatch } from '#live-config';
import { Access } from '#permissions';
import type { Methods } from '#protocol';
import { RpcMethod, type RpcContext } from '../rpc-method.decorator.js';
import { ConfigApplyParams } from './config.dto.js';

/** The configuration, for admins: it is the whole deployment's. */
@Injectable()
export class ConfigMethods {
  constructor(
    private readonly config: ConfigService,
    private readonly editor: ConfigEditor,
    private readonly live: LiveConfig,
  ) {}

  /** The configuration in the shape of its file, secrets masked. */
  @Access('admin')
  @RpcMethod('config.get')
  get(): Methods['config.get']['result'] {
    return {
      config: this.config.masked(),
      hash: this.config.hash(),
      path: this.config.path,
      restartRequired: this.config.awaitingRestart,
      problems: this.live.problems,
    };
  }

  @Access('admin')
  @RpcMethod('config.apply', ConfigApplyParams)
  apply(
    { raw, baseHash }: ConfigApplyParams,
    { caller }: RpcContext,
  ): Promise<Methods['config.apply']['result']> {
    const document = documentOf(raw, 'raw');
    return this.editor.change(caller, { kind: 'apply', document, ...(baseHash && { baseHash }) });
  }

  /** `raw`, or the sections themselves as parameters. */
  @Access('admin')
  @RpcMethod('config.patch')
  patch(params: object, { caller }: RpcContext): Promise<Methods['config.patch']['result']> {
    return this.editor.change(caller, readPatch(params));
  }

  @Access('admin')
  @RpcMethod('config.schema')
  schema(): Methods['config.schema']['result'] {
    return { json: this.editor.schema() };
  }
}
