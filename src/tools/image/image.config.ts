import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { ConfigSection, Describe, Nested } from '#config';

/** What sizes look like: `1024x1024`, `auto`. */
export const SIZE_PATTERN = '^(auto|\\d{2,5}x\\d{2,5})$';

/** Who makes the pictures of the tool `image`. */
export class ImageSettings {
  /** A provider that speaks OpenAI's API of images. Absent: no agent has the tool. */
  @Describe('A provider that speaks OpenAI’s API of images. Without one no agent has the tool.')
  @IsOptional()
  @IsString()
  @MaxLength(100)
  provider?: string;

  @IsString() @MaxLength(200) model = 'gpt-image-1';

  /** Of pictures for which no size is named. */
  @Describe('Of pictures for which no size is named: 1024x1024, auto.')
  @Matches(new RegExp(SIZE_PATTERN), { message: 'size must be auto, or width and height as 1024x1024' })
  size = 'auto';
}

@ConfigSection('tools', { live: true })
export class ImageConfig {
  @Nested(() => ImageSettings) image = new ImageSettings();
}
