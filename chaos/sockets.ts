import type { Scenario } from './harness/scenario.js';
import { startPair } from './harness/pair.js';
import { Stage } from './harness/stage.js';

const PEOPLE = 20;
const SESSIONS_EACH = 10;
const DELTA_MS = { min: 60, max: 200 } as const;
const CUT_INTERVAL_MS = 40;
/** Of the open sockets, each time. */
const CUT_SHARE = 0.1;

export const sockets: Scenario = {
  name: 'sockets',
  title: 'Sockets dropped and resumed while 200 runs stream',
  method: `${PEOPLE * SESSIONS_EACH} runs stream at the same time to ${PEOPLE} sockets through a balancer before two gateways. Every ${CUT_INTERVAL_MS} ms each socket is reset with a chance of ${CUT_SHARE * 100} %, and comes back through either of them.`,
  run: async (chaos) => {
    const database = await chaos.database();
    await using stage = await Stage.open(chaos, 'sockets');
    stage.defer(database.drop);
    const { model, random, ledger } = stage;
    model.interfere = (message) =>
      message.kind === 'plain'
        ? model.answer(message, { delayMs: random.int(DELTA_MS.min, DELTA_MS.max) })
        : undefined;
    const { balancer, workspace } = await startPair(stage, database.dsn);
    const crowd = stage.crowd({
      url: balancer.url,
      people: PEOPLE,
      sessionsEach: SESSIONS_EACH,
      kind: 'plain',
    });
    await crowd.connect();
    const rounds = chaos.amount(5, 1);
    for (let round = 0; round < rounds; round++) {
      const cutting = setInterval(() => balancer.cut(CUT_SHARE), CUT_INTERVAL_MS);
      await Promise.all(crowd.conversations.map((conversation) => conversation.write()));
      await ledger.settled();
      clearInterval(cutting);
      chaos.progress(`round ${round + 1} of ${rounds}: ${balancer.cuts} sockets cut`);
    }
    stage.count('socket cut', balancer.cuts);
    return await stage.findings(crowd, { workspace });
  },
};
