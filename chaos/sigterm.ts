import { answerPieces } from './harness/message.js';
import { startPair } from './harness/pair.js';
import type { Replica } from './harness/replica.js';
import type { Scenario } from './harness/scenario.js';
import { Stage } from './harness/stage.js';

const EXIT_LIMIT_MS = 30_000;
/** People who are given long answers. */
const PATIENT = 'patient';
/** First answers of the patient people take longer than the grace that runs get. */
const LONG_STREAM_MS = 32_000;

export const sigterm: Scenario = {
  name: 'sigterm',
  title: 'SIGTERM under load',
  method:
    'Two gateways under load are ended by SIGTERM in turn, while some runs take longer than their grace; what is left goes on in the other one. At the end both are ended and started again. Each must exit with 0 within 30 s, and no client may get an error.',
  run: async (chaos) => {
    const database = await chaos.database();
    await using stage = await Stage.open(chaos, 'sigterm');
    stage.defer(database.drop);
    const { model, ledger } = stage;
    model.interfere = (message, calls) =>
      message.session.startsWith(PATIENT) && calls === 1
        ? model.answer(message, { delayMs: LONG_STREAM_MS / answerPieces(message, chaos.seed).length })
        : undefined;
    const { replicas, balancer, workspace } = await startPair(stage, database.dsn);
    const crowd = stage.crowd({ url: balancer.url, people: 5, sessionsEach: 2 });
    const patient = stage.crowd({
      url: balancer.url,
      people: 4,
      sessionsEach: 1,
      kind: 'plain',
      name: PATIENT,
    });
    await Promise.all([crowd.connect(), patient.connect()]);
    crowd.start();
    // Two at least: by chance all of the patient people may be with the one that is stopped second.
    const rounds = chaos.amount(4, 2);
    for (let round = 0; round < rounds; round++) {
      await Promise.all(patient.conversations.map((conversation) => conversation.write()));
      const replica = replicas[round % 2] ?? replicas[0];
      await stop(stage, replica);
      await replica.start();
      await ledger.settled();
      chaos.progress(`${round + 1} of ${rounds} rounds, ${ledger.entries.size} messages`);
    }
    await Promise.all(replicas.map((replica) => stop(stage, replica)));
    for (const replica of replicas) await replica.start();
    await crowd.finish();
    await ledger.settled();
    if (ledger.refusals > 0) stage.problems.push(`clients were turned away ${ledger.refusals} times`);
    const long = ledger.count(({ message }) => message.session.startsWith(PATIENT));
    const handedOver = ledger.count(
      ({ message }) => message.session.startsWith(PATIENT) && (model.calls.get(message.id) ?? 0) > 1,
    );
    stage.notes.push(
      `${handedOver} of ${long} long runs were handed over, ${stage.recoveries.resumed} runs in all`,
    );
    if (handedOver === 0) stage.problems.push('no run was handed over');
    return await stage.findings(
      { conversations: [...crowd.conversations, ...patient.conversations] },
      { workspace },
    );
  },
};

async function stop(stage: Stage, replica: Replica): Promise<void> {
  const began = performance.now();
  const code = await replica.stop();
  const ms = Math.round(performance.now() - began);
  stage.count('SIGTERM');
  stage.notes.push(`exit with ${code} after ${(ms / 1_000).toFixed(1)} s`);
  if (code !== 0 || ms > EXIT_LIMIT_MS) stage.problems.push(`SIGTERM: exit with ${code} after ${ms} ms`);
}
