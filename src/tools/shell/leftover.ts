import type { ParsedScript, SyntaxNode } from 'unbash';

type EachChild = (node: SyntaxNode, callback: (child: SyntaxNode) => void) => void;

/** Nodes that cover all of their text. */
const LEAVES: ReadonlySet<string> = new Set(['Word', 'Assignment', 'Redirect', 'HereString']);
const BETWEEN =
  /^(?:[\s;&|(){}!]|\b(?:if|then|elif|else|fi|while|until|do|done|case|esac|in|time)\b|(?<=time\s+)-p)*$/;

/**
 * Whether there is text that became no part of the tree: a parser that forgives leaves a token out, and a shell may not.
 * Only operators, keywords, blanks and comments may stand between words, and brackets only where there is a group.
 */
export function hasLeftover(script: ParsedScript, source: string, eachChild: EachChild): boolean {
  const rest = Array.from({ length: script.end - script.pos }, (_, index) =>
    source.charAt(script.pos + index),
  );
  let groups = 0;
  let cases = 0;
  const cover = (pos: number, end: number): void => {
    for (let at = Math.max(pos, script.pos); at < Math.min(end, script.end); at += 1)
      rest[at - script.pos] = ' ';
  };
  const visit = (node: SyntaxNode): void => {
    if (LEAVES.has(node.type)) return cover(node.pos, node.end);
    if (node.type === 'HereDoc') {
      cover(node.pos, node.delimiter?.end ?? node.end);
      cover(node.body.pos, node.closing?.end ?? node.body.end);
      return;
    }
    if (node.type === 'Subshell') groups += 1;
    if (node.type === 'CaseItem') cases += 1;
    eachChild(node, visit);
  };
  visit(script);
  return !isOrderly(rest.join(''), groups, cases);
}

function isOrderly(rest: string, groups: number, cases: number): boolean {
  const bare = rest.replaceAll('\\\n', '  ').replaceAll(/(^|[\s;&|()])#[^\n]*/g, '$1');
  const opened = bare.split('(').length - 1;
  const closed = bare.split(')').length - 1;
  return opened <= groups + cases && closed === groups + cases && BETWEEN.test(bare);
}
