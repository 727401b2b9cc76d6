import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inOrder } from './in-order.js';

it('passes values on in the order of their indexes, each as soon as that is possible', () => {
  const orders = fc.integer({ min: 0, max: 8 }).chain((count) => {
    const indexes = Array.from({ length: count }, (_, index) => index);
    return fc.shuffledSubarray(indexes, { minLength: count });
  });
  fc.assert(
    fc.property(orders, (order) => {
      const passed: string[] = [];
      const take = inOrder<string>((value) => passed.push(value));
      const taken = new Set<number>();
      for (const index of order) {
        take(index, `v${index}`);
        taken.add(index);
        let ready = 0;
        while (taken.has(ready)) ready += 1;
        expect(passed).toEqual(Array.from({ length: ready }, (_, one) => `v${one}`));
      }
    }),
  );
});
