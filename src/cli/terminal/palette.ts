import { styleText } from 'node:util';
import type { Environment } from '#config';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Styles of one output stream; text stays plain where styles would be noise. */
export class Palette {
  private constructor(readonly isColoured: boolean) {}

  /** Colours are for terminals, unless `NO_COLOR` (https://no-color.org) or a dumb terminal says otherwise. */
  static of(stream: NodeJS.WriteStream, env: Environment): Palette {
    return new Palette(stream.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb');
  }

  paint(style: Style, text: string): string {
    return this.isColoured && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  }
}
