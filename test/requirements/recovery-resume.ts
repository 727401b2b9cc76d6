import { landed, type Requirements } from './requirement.js';

/** Recovery: a run goes on from its last step, and everybody has its exact text in the end. */
export const RECOVERY_RESUME: Requirements = {
  'R5-resume-last-step': landed(
    'of D15: an interrupted run goes on from its last written step, and its tokens add up',
    'test/integration/resume.spec.ts › is executed by the next one',
    'test/integration/resume.spec.ts › answers anew; what was shown is void',
    'test/integration/resume.spec.ts › twice in a row still gives the one answer',
    'test/integration/resume.spec.ts › goes on with the result, through two crashes',
    'test/integration/resume.spec.ts › does not get its iterations anew',
    'src/agent/sanitise/run-text.spec.ts › goes on behind what an earlier attempt at the run has shown',
  ),
  'R5-resume-unknown-outcome': landed(
    'of D15: a call whose outcome is unknown is told as that; only what is repeatable is done again',
    'test/integration/resume.spec.ts › is told that the outcome is unknown, and the call is not repeated',
    'test/integration/resume.spec.ts › repeats only what is repeatable, and keeps the order of the calls',
    'test/integration/resume.spec.ts › keeps the results that are there, and leaves to the next one what it may do again',
    'src/agent/loop/tool-messages.spec.ts › finds the calls at the end of a conversation that have no result, in their order',
    'src/agent/loop/tool-messages.spec.ts › tells the model that a call may or may not have happened',
  ),
  'R5-resume-authority': landed(
    'authority is checked anew when a run is taken up again; a wish to stop it is kept',
    'test/integration/resume.spec.ts › fails with the reason when the agent may no longer be used, and the conversation can go on',
    'test/integration/resume.spec.ts › ends as aborted with what it has said when somebody wants it stopped',
  ),
  'R5-resume-unstored': landed(
    'a conversation that is not stored is resumed when its request goes on without its client, else failed',
    'test/integration/resume.spec.ts › goes on from its last step when its request goes on without its client',
    'test/integration/resume.spec.ts › is failed when its client is gone, and writes no steps for that',
  ),
  'R5-resume-late-writer': landed(
    'who lost the lease changes nothing, and nobody is told an end that is none',
    'test/integration/resume.spec.ts › changes nothing any more, and tells nobody an end that is none',
    'src/agent/runs/run-log.spec.ts › hears nothing more of an attempt whose place a later one has taken',
  ),
  'R5-resume-void-text': landed(
    'of D13: text that has become void is taken back, and never shown to who comes later',
    'src/agent/runs/standing-events.spec.ts › are those up to the last step, and those of the attempt that went on from there',
    'src/agent/runs/standing-events.spec.ts › hold nothing of an attempt that left no step behind',
    'src/agent/runs/standing-events.spec.ts › are the text that a reader has who takes back what is void, after any number of crashes',
    'src/agent/runs/run-log.spec.ts › leaves out what has become void, and tells it to whoever has seen some of it',
    'test/integration/resume.spec.ts › says again what stands when the rows of its log went down with it',
  ),
  'R5-resume-http-streams': landed(
    'of D13: HTTP streams are read on with Last-Event-ID; an id whose text is void is refused',
    'src/http/sse/event-numbers.spec.ts › of text that stands are the same after the run was interrupted',
    'src/http/sse/event-numbers.spec.ts › of text that has become void are refused, whatever came after it',
    'src/http/runs/text-follower.spec.ts › is told that text is void that it has',
    'src/http/runs/text-follower.spec.ts › goes on with the next attempt where all that it has still stands',
    'test/e2e/http-streams.spec.ts › is read on with Last-Event-ID by repeating the request with its key',
    'test/e2e/http-streams.spec.ts › is read on while its run goes',
    'test/e2e/http-streams.spec.ts › is read on as a response, whose ids are its sequence numbers',
    'test/e2e/http-streams.spec.ts › is told from its beginning, and no place in a text that is void is taken for one',
  ),
  'R5-resume-reply': landed(
    'the end of a run that was asked from a chat platform writes its reply',
    'src/agent/loop/run-reply.spec.ts › is sent to the chat that asked, as an answer to the message that asked',
    'src/agent/loop/run-reply.spec.ts › is nothing without a peer, and for a silent answer',
  ),
};
