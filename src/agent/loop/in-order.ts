/** Takes values by index, in any order, and passes them on in the order of their indexes as soon as that is possible. */
export function inOrder<T>(pass: (value: T) => void): (index: number, value: T) => void {
  const early = new Map<number, T>();
  let next = 0;
  return (index, value) => {
    early.set(index, value);
    for (let ready = early.get(next); ready !== undefined; ready = early.get(next)) {
      early.delete(next);
      next += 1;
      pass(ready);
    }
  };
}
