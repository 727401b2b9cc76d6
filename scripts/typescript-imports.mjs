// `node --conditions=goclaw-src --import ./scripts/typescript-imports.mjs some.ts` runs TypeScript as it stands:
// Node strips the types; this lets an import of `./x.js` find `./x.ts`, as the compiler does.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, nextResolve) {
    try {
      return nextResolve(specifier, context);
    } catch (error) {
      if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !/^\..*\.js$/.test(specifier)) throw error;
      return nextResolve(specifier.replace(/\.js$/, '.ts'), context);
    }
  },
});
