import { oneLine } from '../session/notes.js';
import type { TreeNode } from './snapshot-tree.js';

/** Lines of one snapshot. */
export const NODES_MAX = 500;
const NAME_MAX_CHARS = 200;
const VALUE_MAX_CHARS = 1_000;
const URL_MAX_CHARS = 200;
export const TRUNCATED = '[...TRUNCATED]';

const INTERACTIVE = words(
  'button link textbox checkbox radio combobox listbox option searchbox slider spinbutton switch tab treeitem ' +
    'menuitem menuitemcheckbox menuitemradio',
);
const CONTENT = words('heading cell gridcell columnheader rowheader listitem article region main navigation');
/** They only hold others. */
const STRUCTURE = words('generic rowgroup presentation none group');

export interface SnapshotOptions {
  readonly maxChars: number;
  /** Only what can be used. */
  readonly interactive: boolean;
  /** Without what only holds others. */
  readonly compact: boolean;
  readonly depth: number;
}

export interface SnapshotText {
  readonly text: string;
  readonly nodes: number;
  readonly refs: number;
  readonly isTruncated: boolean;
}

/** One line for each part of a page: `- role "name" [ref=e5] [nth=2]: "value"`. */
export function snapshotText(tree: readonly TreeNode[], options: SnapshotOptions): SnapshotText {
  const lines = new SnapshotLines(options);
  lines.add(tree, 0, 0);
  const text = lines.lines.join('\n');
  const isTruncated = lines.isFull || text.length > options.maxChars;
  return {
    text: isTruncated ? `${text.slice(0, options.maxChars).toWellFormed()}\n${TRUNCATED}` : text,
    nodes: lines.lines.length,
    refs: lines.refs,
    isTruncated,
  };
}

class SnapshotLines {
  readonly lines: string[] = [];
  refs = 0;
  isFull = false;
  private readonly seen = new Map<string, number>();

  constructor(private readonly options: SnapshotOptions) {}

  add(nodes: readonly TreeNode[], indent: number, depth: number): void {
    if (depth > this.options.depth) return;
    for (const node of nodes) {
      if (this.lines.length >= NODES_MAX) {
        this.isFull = true;
        return;
      }
      const isShown = this.shows(node);
      if (isShown) this.lines.push(`${'  '.repeat(indent)}- ${this.line(node)}`);
      this.add(node.children, isShown ? indent + 1 : indent, depth + 1);
    }
  }

  private shows(node: TreeNode): boolean {
    if (this.options.interactive) return isInteractive(node);
    const isEmpty = node.name === '' && node.value.trim() === '' && !node.isPointer;
    if (node.role === 'text') return !isEmpty;
    return !(isEmpty && (this.options.compact || STRUCTURE.has(node.role)) && !isInteractive(node));
  }

  private line(node: TreeNode): string {
    const name = oneLine(node.name, NAME_MAX_CHARS);
    const value = oneLine(node.value, VALUE_MAX_CHARS);
    return [
      node.role,
      ...(name === '' ? [] : [` ${JSON.stringify(name)}`]),
      ...this.refOf(node, name),
      ...node.states.map((state) => ` [${state}]`),
      ...(value === '' ? [] : [`: ${JSON.stringify(value)}`]),
      ...(node.url === undefined ? [] : [` (${oneLine(node.url, URL_MAX_CHARS)})`]),
    ].join('');
  }

  private refOf(node: TreeNode, name: string): readonly string[] {
    if (node.ref === undefined || !hasRef(node)) return [];
    this.refs++;
    const key = `${node.role}\0${name}`;
    const nth = this.seen.get(key) ?? 0;
    this.seen.set(key, nth + 1);
    return [` [ref=${node.ref}]`, ...(nth > 0 ? [` [nth=${nth}]`] : [])];
  }
}

function isInteractive({ role, isPointer, ref }: TreeNode): boolean {
  return INTERACTIVE.has(role) || (isPointer && ref !== undefined);
}

function hasRef(node: TreeNode): boolean {
  return isInteractive(node) || (CONTENT.has(node.role) && node.name !== '');
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
