import { Module } from '@nestjs/common';
import { ProvidersModule } from '#providers';
import { ToolsModule } from '../tools.module.js';
import { WebToolsModule } from '../web/web-tools.module.js';
import { ImageTool } from './image.tool.js';
import { ImageToolSource } from './image-tool-source.js';

/** The tool `image`. It is found by its source. */
@Module({ imports: [ProvidersModule, ToolsModule, WebToolsModule], providers: [ImageTool, ImageToolSource] })
export class ImageToolsModule {}
