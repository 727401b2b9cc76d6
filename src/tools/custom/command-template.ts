/** `{{.name}}`: where an argument goes, quoted for the shell. */
const PLACEHOLDER = /\{\{\s*\.([^{}\s]*)\s*\}\}/y;
const PLACEHOLDERS = new RegExp(PLACEHOLDER.source, 'g');

/** Each of them once, from the left: what is put in is not looked at again. */
export function replacePlaceholders(command: string, replacement: (name: string) => string): string {
  return command.replaceAll(PLACEHOLDERS, (_, name: string) => replacement(name));
}

/**
 * What is wrong with a command's placeholders, as the end of a sentence; `undefined` when nothing is. An argument is
 * quoted when it is put in, so a placeholder must stand outside of all quotes: inside of them, the quotes of the
 * argument would end the ones around it, and its text would be read as a command.
 */
export function checkTemplate(command: string, parameters: ReadonlySet<string>): string | undefined {
  let quote: string | undefined;
  let hasPlaceholder = false;
  for (let at = 0; at < command.length; at++) {
    const char = command.charAt(at);
    PLACEHOLDER.lastIndex = at;
    const found = PLACEHOLDER.exec(command);
    if (found) {
      const [text, name = ''] = found;
      if (!parameters.has(name)) return `has the placeholder ${text}, which is no property of parameters`;
      if (quote !== undefined)
        return `has ${text} inside of quotes: leave them out, arguments are quoted already`;
      hasPlaceholder = true;
      at += text.length - 1;
    } else if (char === '\\' && quote !== "'") {
      at += 1;
    } else if (quote === undefined && QUOTES.has(char)) {
      quote = char;
    } else if (char === quote) {
      quote = undefined;
    }
  }
  if (hasPlaceholder && UNQUOTED.test(command))
    return 'has placeholders together with << or ((, where the shell reads quotes as part of the text';
  return quote === undefined ? undefined : `has a quote ${quote} that is not closed`;
}

const QUOTES: ReadonlySet<string> = new Set(["'", '"', '`']);
/** Here-documents and arithmetic: what is quoted in them is expanded all the same. */
const UNQUOTED = /<<|\(\(/;
