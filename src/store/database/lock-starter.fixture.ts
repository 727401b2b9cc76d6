import { claimLockFile } from './lock-file.js';

/** A process that claims the file of its argument when it is told to, and holds it until its input ends. */
process.stdout.write('ready\n');
process.stdin.once('data', () => {
  const claim = claimLockFile(process.argv[2] ?? '');
  process.stdout.write('release' in claim ? 'taken\n' : 'held\n');
});
process.stdin.once('end', () => process.exit());
