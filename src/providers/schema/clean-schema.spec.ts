import { describe, expect, it } from 'vitest';
import { cleanSchema } from './clean-schema.js';
import { ToolDefinitions } from './tool-definitions.js';

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    default: { type: 'string', default: 'x', examples: ['y'] },
    node: { $ref: '#/$defs/Node', description: 'The root' },
    items: { type: 'array', items: { $ref: '#/$defs/Leaf' } },
    choice: { anyOf: [{ $ref: '#/$defs/Leaf' }, { enum: [{ $ref: 'data' }] }] },
  },
  required: ['default'],
  $defs: {
    Leaf: { type: 'string', default: 'z' },
    Node: { type: 'object', properties: { leaf: { $ref: '#/$defs/Leaf' } } },
  },
};

describe('cleanSchema', () => {
  it('removes what Gemini refuses, keeps properties of the same names, and inlines references', () => {
    expect(cleanSchema(SCHEMA, 'gemini')).toEqual({
      type: 'object',
      properties: {
        default: { type: 'string' },
        node: {
          type: 'object',
          properties: { leaf: { type: 'string' } },
          description: 'The root',
        },
        items: { type: 'array', items: { type: 'string' } },
        choice: { anyOf: [{ type: 'string' }, { enum: [{ $ref: 'data' }] }] },
      },
      required: ['default'],
    });
  });

  it('removes only references and definitions for Anthropic', () => {
    const cleaned = cleanSchema(SCHEMA, 'anthropic');
    expect(cleaned).toMatchObject({
      additionalProperties: false,
      properties: { default: { default: 'x', examples: ['y'] }, items: { items: { default: 'z' } } },
    });
    expect(cleaned).not.toHaveProperty('$defs');
  });

  it('changes nothing for OpenAI', () => {
    expect(cleanSchema(SCHEMA, 'openai')).toBe(SCHEMA);
  });

  it('ends on schemas that contain themselves, and on references that lead nowhere', () => {
    const recursive = {
      type: 'object',
      properties: { child: { $ref: '#' }, list: { type: 'array', items: { $ref: '#/definitions/Tree' } } },
      definitions: { Tree: { type: 'object', properties: { sub: { $ref: '#/definitions/Tree' } } } },
    };
    const cleaned = JSON.stringify(cleanSchema(recursive, 'anthropic'));
    expect(cleaned).not.toContain('$ref');
    expect(cleaned.length).toBeLessThan(20_000);
    expect(cleanSchema({ properties: { a: { $ref: 'http://x/y', description: 'd' } } }, 'gemini')).toEqual({
      properties: { a: { description: 'd' } },
    });
  });
});

describe('ToolDefinitions', () => {
  it('are made once for an array of tools, and know the last', () => {
    let made = 0;
    const definitions = new ToolDefinitions((tool, isLast) => ({ name: tool.name, isLast, made: ++made }));
    const tools = ['a', 'b'].map((name) => ({ name, description: '', parameters: {} }));
    expect(definitions.of(tools)).toMatchObject([{ isLast: false }, { isLast: true }]);
    expect(definitions.of(tools)).toBe(definitions.of(tools));
    expect(definitions.of([...tools])).not.toBe(definitions.of(tools));
  });
});
