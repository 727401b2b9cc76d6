// An MCP server (the reference server) that starts programs in sessions of their own. One of them holds its output open.
// Arguments: a mark for their command lines, and the path of the reference server.
import { spawn } from 'node:child_process';

const [, , mark, server] = process.argv;
for (const stdio of ['ignore', ['ignore', 'inherit', 'inherit']])
  spawn('sh', ['-c', `sleep 1000; : ${mark}`], { detached: true, stdio }).unref();
process.argv.splice(2, Infinity, 'stdio');
await import(server);
