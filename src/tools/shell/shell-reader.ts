import type { Assignment, Command, HereDoc, ParsedScript, Redirection, SyntaxNode, Word } from 'unbash';
import { canonicalQuote } from './canonical-quote.js';
import { carriedCode, carriesCode } from './carried-code.js';
import type { CommandEntry } from './command-entry.js';
import { hasLeftover } from './leftover.js';
import { isInterpreter, isSystemProgram, programName, SHELLS, STATE_CHANGERS } from './program-sets.js';
import { readWord } from './read-word.js';
import { isHarmlessRedirection, redirectionText } from './redirection.js';
import type { FoundCommand, ShellReading, ShellWord } from './shell-reading.js';
import { words } from './words.js';

/** Commands in one text, with those that they carry. */
export const COMMANDS_MAX = 400;
/** Substitutions and functions in one another: nobody writes more by hand. */
const NESTED_MAX = 16;
/** Texts in texts: `sh -c "sh -c …"`. */
const TEXTS_DEEP_MAX = 6;
/** Commands in commands: `env nice timeout 5 …`. */
const CARRIED_DEEP_MAX = 24;

/** The grammar, which is loaded when the first command comes. */
export interface ShellGrammar {
  parse(source: string): ParsedScript;
  forEachChild(node: SyntaxNode, callback: (child: SyntaxNode) => void): void;
}

/** Constructs that every shell reads in one way, and in which every command is found by itself. */
const UNDERSTOOD: ReadonlySet<string> = new Set(
  words(`
    Script Statement Pipeline AndOr Negation If Elif While Subshell BraceGroup CompoundList Case
    CaseItem Redirected Time Word Literal Glob SingleQuoted DoubleQuoted SimpleExpansion
    ParameterExpansion CommandExpansion Default Remove Assignment Redirect HereDoc HereDocDelimiter
    HereDocBody FileDescriptor
  `),
);

const WHAT_IT_IS: Readonly<Record<string, string>> = {
  For: 'a loop over words',
  Select: 'a menu',
  Function: 'a function',
  Coproc: 'a coprocess',
  ArithmeticFor: 'arithmetic',
  ArithmeticCommand: 'arithmetic',
  ArithmeticExpansion: 'arithmetic',
  TestCommand: '[[ …, which shells read differently',
  HereString: '<<<, which shells read differently',
  ProcessSubstitution: 'a process substitution',
  ArrayValue: 'an array',
};

/** Takes a shell text apart. One reader a text. */
export class ShellReader {
  private readonly found: FoundCommand[] = [];
  private readonly code: string[] = [];
  private readonly selfFeeding: string[] = [];
  private problem: string | undefined;
  private depth = 0;
  private nested = 0;
  private source = '';
  private pipelines = 0;
  private commands = 0;
  private carriers = 0;
  private into: FoundCommand[] = this.found;
  private readonly functions: string[] = [];

  constructor(private readonly grammar: ShellGrammar) {}

  read(text: string): ShellReading {
    this.readText(text);
    const entries = this.found.flatMap(withSubstitutions).map(({ entry }) => entry);
    if (entries.length === 0) this.doubt('no command in it');
    if (entries.some(({ path }) => isRelative(path)) && entries.some(({ program }) => program === 'cd')) {
      this.doubt('a program of the directory, and a change of the directory');
    }
    return {
      entries,
      opaque: this.problem !== undefined,
      ...(this.problem !== undefined && { problem: this.problem }),
      found: this.found,
      selfFeeding: this.selfFeeding,
      code: this.code,
    };
  }

  private readText(text: string): void {
    if (this.depth >= TEXTS_DEEP_MAX) return this.doubt('texts in texts, too deep');
    this.depth += 1;
    const outer = this.source;
    this.source = text;
    try {
      this.visit(this.grammar.parse(text));
    } finally {
      this.depth -= 1;
      this.source = outer;
    }
  }

  private doubt(problem: string): void {
    this.problem ??= problem;
  }

  private visit(node: SyntaxNode, pipeline?: FoundCommand['pipeline']): void {
    if (node.type === 'Script') return this.visitScript(node);
    if (node.type === 'Command') return this.visitCommand(node, pipeline);
    if (node.type === 'Pipeline') return this.visitPipeline(node);
    if (node.type === 'Function') return this.visitFunction(node);
    if (node.type === 'Redirected') return this.visitRedirected(node);
    if (node.type === 'Word') return void this.word(node);
    if (node.type === 'HereDoc') return this.hereDoc(node);
    if (node.type === 'Statement' && node.background === true) this.feeds(node);
    if (!UNDERSTOOD.has(node.type))
      this.doubt(WHAT_IT_IS[node.type] ?? 'a construct that shells read differently');
    this.grammar.forEachChild(node, (child) => this.visit(child, pipeline));
  }

  private visitScript(node: ParsedScript): void {
    const [error] = node.errors ?? [];
    if (error) this.doubt(`it could not be read: ${error.message}`);
    if (this.nested >= NESTED_MAX) return this.doubt('substitutions in one another, too deep');
    this.nested += 1;
    const outer = this.source;
    this.source = node.source ?? outer;
    if (hasLeftover(node, this.source, (one, each) => this.grammar.forEachChild(one, each)))
      this.doubt('it could not be read: something is left over');
    this.grammar.forEachChild(node, (child) => this.visit(child));
    this.source = outer;
    this.nested -= 1;
  }

  private visitPipeline(node: Extract<SyntaxNode, { type: 'Pipeline' }>): void {
    this.feeds(node);
    if (node.operators.includes('|&')) this.doubt('|&, which shells read differently');
    this.pipelines += 1;
    const id = this.pipelines;
    node.commands.forEach((command, position) => this.visit(command, { id, position }));
  }

  private visitFunction(node: Extract<SyntaxNode, { type: 'Function' }>): void {
    this.doubt(WHAT_IT_IS['Function'] ?? '');
    if (this.functions.length >= NESTED_MAX) return;
    this.functions.push(this.word(node.name).value);
    this.visit(node.body);
    this.functions.pop();
  }

  /** A function that starts itself again beside itself never ends. */
  private feeds(node: SyntaxNode): void {
    if (this.functions.length === 0) return;
    const look = (inner: SyntaxNode): void => {
      if (inner.type === 'Command' && inner.name && this.functions.includes(inner.name.value)) {
        this.selfFeeding.push(inner.name.value);
      }
      if (this.selfFeeding.length === 0) this.grammar.forEachChild(inner, look);
    };
    look(node);
  }

  private visitCommand(node: Command, pipeline: FoundCommand['pipeline']): void {
    const outer = this.into;
    const substitutions: FoundCommand[] = [];
    this.into = substitutions;
    const assignments = node.prefix
      .filter((part) => part.type === 'Assignment')
      .map((part) => this.assignment(part));
    const name = node.name && this.word(node.name);
    const args = node.args.map((part) => (part.type === 'Word' ? this.word(part) : this.declared(part)));
    const redirects = node.redirects.map((part) => this.redirection(part));
    this.into = outer;
    if (!name && assignments.length > 0) this.doubt('a variable that is set for what follows');
    const bare = assignments.length === 0 && node.redirects.every(isHarmlessRedirection);
    this.add(name, args, { before: assignments, after: redirects, bare, substitutions, pipeline });
  }

  private add(
    name: ShellWord | undefined,
    args: readonly ShellWord[],
    around: {
      before: readonly string[];
      after: readonly string[];
      bare: boolean;
      substitutions: readonly FoundCommand[];
      pipeline: FoundCommand['pipeline'];
    },
  ): void {
    this.commands += 1;
    if (this.commands > COMMANDS_MAX) return this.doubt(`more than ${COMMANDS_MAX} commands`);
    const { before, after, bare, substitutions, pipeline } = around;
    const entry = entryOf(name, args, before, after, bare);
    this.into.push({ entry, substitutions, ...(pipeline && { pipeline }) });
    if (name) this.judge(name, entry, args, around.after.length > 0);
    const carried = carriedCode(entry.program, args);
    if (carried.problem !== undefined) this.doubt(carried.problem);
    this.code.push(...carried.code);
    if (carried.commands.length > 0 && this.carriers >= CARRIED_DEEP_MAX)
      return this.doubt('commands in commands, too deep');
    this.carriers += 1;
    for (const [first, ...rest] of carried.commands) {
      this.add(first, rest, { before: [], after: [], bare: true, substitutions: [], pipeline });
    }
    this.carriers -= 1;
    for (const script of carried.scripts) this.readText(script);
  }

  private judge(name: ShellWord, entry: CommandEntry, args: readonly ShellWord[], redirected: boolean): void {
    if (name.dynamic) this.doubt('an expansion in the place of a program');
    if (name.value === '' || name.value.startsWith('-')) this.doubt('a program without a name');
    if (STATE_CHANGERS.has(entry.program))
      this.doubt(`${entry.program}, which runs or changes what is only known then`);
    if (entry.program === 'set' && !args.every(({ value }) => /^([-+][euxo]+|pipefail)$/.test(value))) {
      this.doubt('set, which changes what the shell does');
    }
    if (/^(printf|test|\[)$/.test(entry.program) && args.some(({ value }) => value === '-v')) {
      this.doubt(`${entry.program} -v, which shells read differently`);
    }
    if (redirected && (SHELLS.has(entry.program) || isInterpreter(entry.program))) {
      this.doubt('a program that gets its commands from somewhere else');
    }
  }

  /** Reads a word, and visits the commands in it. */
  private word(word: Word): ShellWord {
    const { problem, ...read } = readWord(word);
    if (problem !== undefined) this.doubt(problem);
    this.grammar.forEachChild(word, (child) => this.visit(child));
    return read;
  }

  private declared(part: Assignment): ShellWord {
    const text = this.assignment(part);
    return { value: part.text, text, dynamic: false };
  }

  private assignment(part: Assignment): string {
    if (part.value.type !== 'Word' || part.append === true || part.index !== undefined) {
      this.doubt('an assignment that shells read differently');
      this.grammar.forEachChild(part, (child) => this.visit(child));
      return canonicalQuote(part.text);
    }
    return `${part.name}=${this.word(part.value).text}`;
  }

  private visitRedirected({ command, redirects }: Extract<SyntaxNode, { type: 'Redirected' }>): void {
    this.visit(command);
    const after = redirects.map((part) => this.redirection(part));
    const bare = redirects.every(isHarmlessRedirection);
    if (!bare) this.add(undefined, [], { before: [], after, bare, substitutions: [], pipeline: undefined });
  }

  private redirection(part: Redirection): string {
    const { text, problem } = redirectionText(part, (word) => this.word(word).text);
    if (problem !== undefined) this.doubt(problem);
    if (part.type === 'HereDoc') this.hereDoc(part);
    return text;
  }

  /** What is fed to a shell is read as a text for it. */
  private hereDoc(part: HereDoc): void {
    if (!part.closing) this.doubt('a here-document without an end');
    this.grammar.forEachChild(part.body, (child) => this.visit(child));
    this.code.push(part.body.text);
  }
}

function entryOf(
  name: ShellWord | undefined,
  args: readonly ShellWord[],
  before: readonly string[],
  after: readonly string[],
  bare: boolean,
): CommandEntry {
  const path = name?.value ?? '';
  const program = programName(path);
  const carries = carriesCode(program, args);
  return {
    program,
    path,
    args: args.map(({ value }) => value),
    text: [...before, ...(name ? [name.text] : []), ...args.map(({ text }) => text), ...after].join(' '),
    plain: bare && !carries && program !== '' && isSystemProgram(path),
    dynamic: args.some(({ dynamic }) => dynamic),
    carriesCode: carries,
  };
}

function withSubstitutions(command: FoundCommand): FoundCommand[] {
  return [command, ...command.substitutions.flatMap(withSubstitutions)];
}

function isRelative(path: string): boolean {
  return path.includes('/') && !path.startsWith('/');
}
