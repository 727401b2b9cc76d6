import { landed, type Requirements } from './requirement.js';

/** Running it: backups, shutdown, load balancer, and how it keeps its size. */
export const RECOVERY_OPERATIONS: Requirements = {
  'R5-backup': landed(
    'a dump, or a copy of the data directory, gives identical transcripts; what was open in it is answered once',
    'test/e2e/backup.spec.ts › is restored with identical transcripts, and what was going or waiting is answered there, once',
    'test/e2e/backup.spec.ts › of a gateway that was stopped has identical transcripts, and goes on',
    'test/e2e/backup.spec.ts › of an idle gateway that runs starts beside it: the lock of the original is not its own',
    'src/store/database/directory-lock.spec.ts › keeps nobody from a copy of the directory, but from the same directory at another path',
  ),
  'R5-load-balancer': landed(
    'two replicas behind the load balancer that is shipped: sockets, streams, a killed and a draining replica',
    'test/e2e/load-balancer.spec.ts › lets a conversation over a socket through, with every piece as it comes',
    'test/e2e/load-balancer.spec.ts › lets a stream through without holding it back',
    'test/e2e/load-balancer.spec.ts › goes on when a replica is killed: its clients read on at the other one, without an error',
    'test/e2e/load-balancer.spec.ts › answers a request with a key although the replica that had it is killed, after one run',
    'test/e2e/load-balancer.spec.ts › sends nobody to a replica that drains, which ends what it has',
    'test/e2e/load-balancer.spec.ts › takes what the gateway takes, and answers what is too large as the gateway does',
  ),
  'R5-drain': landed(
    'of D18: a gateway that is told to end is not ready at once, refuses new work, and leaves what does not end to others',
    'test/e2e/shutdown.spec.ts › is not ready at once, refuses new work with a time to try again, and lets what runs end',
    'test/e2e/shutdown.spec.ts › leaves what did not end, and what waits, to the next start, where each is answered once',
    'test/e2e/shutdown.spec.ts › hands over what does not end in its time: the other one goes on with it, and with what waits',
    'src/gateway/socket-server.spec.ts › is closed from the announcement of the shutdown on',
  ),
  'R5-shutdown-limit': landed(
    'a shutdown ends within its limit, whatever hangs; it happens once; told a second time, the process ends at once',
    'src/stop-app.spec.ts › is over 10 s after the time of the runs, however much hangs, and every step had its chance',
    'src/stop-app.spec.ts › happens once, however often it is asked for',
    'test/e2e/shutdown.spec.ts › ends in time although a tool, a socket and a request hang',
    'test/e2e/shutdown.spec.ts › ends at once when it is told a second time, and the next start goes on all the same',
  ),
  'R5-back-pressure': landed(
    'what does not fit is refused with RESOURCE_EXHAUSTED and a time to try again; memory stays flat',
    'test/e2e/back-pressure.spec.ts › refuses more over both ways, says when to try again, and answers all that it accepted',
    'test/e2e/back-pressure.spec.ts › does not grow by what it refuses',
    'src/scheduler/back-pressure.spec.ts › refuses a run that would have to wait, and takes one that would not',
    'src/scheduler/back-pressure.spec.ts › refuses a run whose session another replica keeps busy, and goes on with the next one',
    'src/scheduler/back-pressure.spec.ts › refuses more changes to a conversation than may wait for its turn',
  ),
  'R5-bounds': landed(
    'every queue has a bound: open requests and their bodies, frames of a socket, sockets, spans of a slow database',
    'src/http/access/request-load.spec.ts › are refused when too many are open, until one of them has ended',
    'src/http/access/request-load.spec.ts › are refused when their bodies are too large together, but for those without one',
    'src/http/access/request-load.spec.ts › count for what their route takes when they do not say how long they are',
    'src/gateway/request-queue.spec.ts › stop the reading of the socket when they are large together, until some of them are done',
    'src/gateway/socket-server.spec.ts › is open as long as there is room, and says so when there is none',
    'src/tracing/tracer.spec.ts › do not grow without end while a write hangs: the newest are lost, and it is said',
  ),
};
