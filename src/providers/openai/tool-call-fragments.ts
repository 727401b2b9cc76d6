import type { ToolCall } from '#contracts';
import { newId } from '#kernel';
import { isJsonObject, objectOf, textOf } from '../http/json.js';
import { toolCallOf } from '../http/tool-arguments.js';

interface Fragment {
  readonly index: number;
  id: string;
  name: string;
  text: string;
}

/** Puts tool calls together whose arguments come in pieces. */
export class ToolCallFragments {
  private readonly fragments: Fragment[] = [];

  add(deltas: readonly unknown[]): void {
    for (const [position, value] of deltas.entries()) {
      const delta = objectOf(value);
      const id = textOf(delta['id']);
      const index = typeof delta['index'] === 'number' ? delta['index'] : position;
      const fragment = this.find(index, id);
      const called = objectOf(delta['function']);
      if (fragment.id === '') fragment.id = id;
      if (fragment.name === '') fragment.name = textOf(called['name']);
      const args = called['arguments'];
      // A few endpoints send the object itself.
      fragment.text += isJsonObject(args) ? JSON.stringify(args) : textOf(args);
    }
  }

  /** Every call, in the order of its index. */
  complete(): ToolCall[] {
    return this.fragments
      .toSorted((a, b) => a.index - b.index)
      .map(({ id, name, text }) => toolCallOf(id || `call_${newId()}`, name, text));
  }

  /** The last call of that index; another id means another call (some endpoints number none of them). */
  private find(index: number, id: string): Fragment {
    const known = this.fragments.findLast((fragment) => fragment.index === index);
    if (known && (id === '' || known.id === '' || known.id === id)) return known;
    const fresh = { index, id: '', name: '', text: '' };
    this.fragments.push(fresh);
    return fresh;
  }
}
