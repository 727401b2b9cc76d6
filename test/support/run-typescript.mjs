/**
 * Lets Node run the TypeScript of `test/`, `bench/` and `chaos/` without a build (`node --import` this file): a relative
 * import of `x.js` finds `x.ts`. Node strips the types; what it cannot strip (parameter properties, decorators)
 * needs the build.
 */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(source)) return next(source.href, context);
    }
    return next(specifier, context);
  },
});
