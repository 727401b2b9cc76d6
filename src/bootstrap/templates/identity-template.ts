/** How an agent presents itself, as far as it is known when the file is made. */
export interface Identity {
  readonly name?: string;
  readonly emoji?: string;
  readonly avatar?: string;
  readonly description?: string;
}

/** `Key: Value` lines, which agent.identity.get reads. */
export function identityFile({ name, emoji, avatar, description }: Identity): string {
  const line = (key: string, value = ''): string => `${key}: ${value.replaceAll(/\s+/g, ' ').trim()}`.trim();
  const lines = [
    line('Name', name),
    line('Emoji', emoji),
    line('Avatar', avatar),
    line('Description', description),
  ];
  return `# Who you are\n\n${lines.join('\n')}\n`;
}
