import { landed, type Requirements } from './requirement.js';

/** Messages of chat platforms and replies to them: what a crash, a replica or a platform cannot undo or double. */
export const RECOVERY_CHANNELS: Requirements = {
  'R5-inbox': landed(
    'a platform message is a row before the platform is acknowledged, and one that comes again changes nothing',
    'src/channels/intake/channel-receiver.spec.ts › tells the channel that a message is durable only when it is',
    'src/channels/intake/channel-receiver.spec.ts › lets the channel bring a message again that could not be kept',
    'test/integration/channel-stores.spec.ts › keep a message once, however often it comes, and that of another channel beside it',
    'test/e2e/channels.spec.ts › answers an update once that comes twice',
  ),
  'R5-inbox-recovery': landed(
    'a kept message has one run, whatever fails between the two',
    'test/e2e/channels.spec.ts › accepts a message after a restart that was kept and not accepted',
    'src/channels/intake/message-intake.spec.ts › finds the run that an old message had before a crash, instead of a second one',
    'src/channels/intake/message-intake.spec.ts › lets a message wait whose run could not be noted down: the next try finds it',
    'test/e2e/channels.spec.ts › answers a message once when it is killed while the model answers',
  ),
  'R5-inbox-refused': landed(
    'a message that cannot be accepted is answered; one that has no room waits',
    'src/channels/intake/refusal.spec.ts › is tried again after a growing pause when %s',
    'src/channels/intake/refusal.spec.ts › is refused for good when it %s, and its writer is told without details',
    'src/channels/intake/refusal.spec.ts › is given up when it waited for a day, or failed again and again for no known reason',
    'test/integration/channel-stores.spec.ts › tell the writer of a refused message once, however often that is written',
    'test/e2e/channels.spec.ts › says what can be said when it cannot answer',
  ),
  'R5-channel-order': landed(
    'messages and replies of a chat keep their order, and no chat waits for another',
    'src/channels/intake/inbound-worker.spec.ts › keeps the order of a chat, and lets no chat wait for another',
    'test/integration/outbox-dispatch.spec.ts › sends what a chat gets one after the other, in order, and many chats at once',
    'test/e2e/channels.spec.ts › answers the messages of a chat in their order, while others are answered too',
  ),
  'R5-channel-owners': landed(
    'a conversation in a channel belongs to its person, in a group to the group',
    'src/channels/intake/channel-request.spec.ts › belongs to its writer, and keeps one conversation per chat',
    'src/channels/intake/channel-request.spec.ts › belongs to the group in a group, and says who spoke',
    'src/channels/channel-registry.spec.ts › refuses the name %j, which owners and session keys could not be told apart by',
    'test/e2e/channels.spec.ts › keeps the conversations of people, groups and topics apart',
  ),
  'R5-outbox': landed(
    'a reply is delivered at least once, by one replica at a time, and once where the platform has keys',
    'test/integration/channel-stores.spec.ts › give one message to one of many that claim at once',
    'test/integration/channel-stores.spec.ts › ignore whoever lost a message to a later claim',
    'test/integration/outbox-dispatch.spec.ts › sends again without knowing what became of a message, where the platform knows it again',
    'test/integration/outbox-dispatch.spec.ts › ends the attempt of a replica that is gone (platform knows messages again: %s)',
    'test/integration/outbox-dispatch.spec.ts › sends what it claimed by a statement whose answer was lost',
    'test/e2e/channels.spec.ts › shows a reply once when a platform with keys loses answers and connections',
    'test/e2e/channels.spec.ts › shows a reply once when it is killed while it sends (platform with keys: %s)',
  ),
  'R5-outbox-unknown': landed(
    'without keys, a reply whose fate nobody knows is marked and not sent again',
    'src/channels/outbox/delivery-outcome.spec.ts › without an answer is repeated only where a platform knows the message again',
    'test/integration/outbox-dispatch.spec.ts › never sends a message twice whose fate is unknown because %s',
    'test/integration/outbox-dispatch.spec.ts › ends an attempt that took longer than its lease, whoever began it',
    'test/e2e/channels.spec.ts › sends a reply once to a platform without keys, and says that nobody knows whether it arrived',
  ),
  'R5-outbox-bounds': landed(
    'attempts, their number, age and pauses, and what goes at the same time are bounded',
    'src/channels/outbox/delivery-outcome.spec.ts › number %i is followed by another one after %i ms when it was not delivered',
    'src/channels/outbox/delivery-outcome.spec.ts › is followed by another one when the platform asked for that, within an hour',
    'test/integration/channel-stores.spec.ts › give a message up as %s after its last attempt',
    'test/integration/channel-stores.spec.ts › give a message up when it is too old for another attempt',
    'test/integration/outbox-dispatch.spec.ts › sends 16 messages to a channel at the same time at most',
    'src/channels/intake/inbound-worker.spec.ts › works on 64 chats at the same time at most',
    'test/e2e/channels.spec.ts › sends a reply again after 429, when the platform wants it, and no other of the chat before',
  ),
  'R5-channel-election': landed(
    'one replica polls a channel; when it is gone, another one does',
    'test/integration/channel-election.spec.ts › lets one replica poll a channel, and another one when the first stops',
    'test/integration/channel-election.spec.ts › ends the term of a replica whose connection broke, and begins it anew with the next one',
    'test/e2e/channels.spec.ts › is polled by one of two replicas, and by the other one when that is killed',
  ),
  'R5-channel-stop': landed(
    'a gateway that stops takes no more messages, and sends the replies of the runs that end',
    'src/channels/channel-manager.spec.ts › stop receiving first, and sending only when they are told to',
    'test/integration/outbox-dispatch.spec.ts › gives attempts that are going some time when it stops, and cuts them then',
    'test/e2e/channels.spec.ts › lets runs that go send their replies when it stops, and takes no new messages then',
  ),
  'R5-channel-retention': landed(
    'of D43: inbox and outbox are kept for 30 days',
    'test/integration/retention.spec.ts › removes messages of channels after 30 days',
    'test/integration/channel-stores.spec.ts › forget what is older than they are told, but what still waits to be accepted',
  ),
};
