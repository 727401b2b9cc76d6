/** A part of the accessibility tree, as the library answers it; what is not understood is left out. */
export interface TreeNode {
  readonly role: string;
  readonly name: string;
  readonly ref: string | undefined;
  readonly value: string;
  /** It can be clicked though its role does not say so. */
  readonly isPointer: boolean;
  /** `checked`, `disabled`, … */
  readonly states: readonly string[];
  readonly url: string | undefined;
  readonly children: readonly TreeNode[];
}

/** Deeper parts of a page are not read. */
export const TREE_MAX_DEPTH = 60;

const TEXT_ROLE = 'text';
const FLAGS = ['checked', 'disabled', 'expanded', 'pressed', 'selected', 'active'];

export function readTree(value: unknown, depth = 0): readonly TreeNode[] {
  if (depth > TREE_MAX_DEPTH) return [];
  const nodes = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return nodes.flatMap((node) => readNode(node, depth) ?? []);
}

function readNode(node: unknown, depth: number): TreeNode | undefined {
  if (typeof node === 'string') return textNode(node);
  if (!isObject(node)) return undefined;
  return {
    role: textOf(node['role']) ?? 'generic',
    name: textOf(node['name']) ?? '',
    ref: textOf(node['ref']),
    value: textOf(node['text']) ?? textOf(node['value']) ?? '',
    isPointer: node['cursor'] === 'pointer',
    states: statesOf(node),
    url: textOf(node['url']),
    children: node['children'] === undefined ? [] : readTree(node['children'], depth + 1),
  };
}

function textNode(value: string): TreeNode {
  return {
    role: TEXT_ROLE,
    name: '',
    ref: undefined,
    value,
    isPointer: false,
    states: [],
    url: undefined,
    children: [],
  };
}

function statesOf(node: Readonly<Record<string, unknown>>): readonly string[] {
  const level = node['level'];
  return [
    ...(typeof level === 'number' ? [`level=${level}`] : []),
    ...FLAGS.flatMap((flag) => {
      const value = node[flag];
      if (value === true) return [flag];
      if (value === 'mixed') return [`${flag}=mixed`];
      return value === false && flag === 'expanded' ? ['collapsed'] : [];
    }),
  ];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
