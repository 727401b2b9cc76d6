import { Injectable } from '@nestjs/common';
import { DefineToolSource, GATEWAY_TOOLS_ORDER, type Offer, type ToolSource } from '#contracts';
import { ConfigService } from '#config';
import { ImageGeneration } from '#providers';
import { ImageConfig } from './image.config.js';
import { IMAGE_SPEC, ImageTool } from './image.tool.js';

const SOURCE = 'ImageTool';

/** Offers the tool `image` to everybody as soon as there is who makes pictures. */
@Injectable()
@DefineToolSource(GATEWAY_TOOLS_ORDER)
export class ImageToolSource implements ToolSource {
  private readonly offered: Offer;
  private withheld: Offer = { tools: [], withheld: [] };

  constructor(
    private readonly config: ConfigService,
    private readonly images: ImageGeneration,
    tool: ImageTool,
  ) {
    this.offered = { tools: [{ spec: IMAGE_SPEC, tool, source: SOURCE }], withheld: [] };
  }

  offer(): Promise<Offer> {
    const { provider } = this.config.get(ImageConfig).image;
    const problem =
      provider === undefined ? 'tools.image.provider is not set' : this.images.problem(provider);
    return Promise.resolve(problem === undefined ? this.offered : this.without(problem));
  }

  /** The same object as long as the reason is the same. */
  private without(problem: string): Offer {
    const reason = `No images can be made: ${problem}. An admin can set tools.image.provider to one with a key.`;
    if (this.withheld.withheld[0]?.reason !== reason)
      this.withheld = { tools: [], withheld: [{ name: IMAGE_SPEC.name, source: SOURCE, reason }] };
    return this.withheld;
  }
}
