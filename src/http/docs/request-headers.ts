import { ApiHeader } from '@nestjs/swagger';

/** Headers of the routes that ask an agent. */
export function agentHeaders(): MethodDecorator[] {
  return [
    header('X-GoClaw-Session-Key', 'The stored conversation that goes on; without it none is.'),
    header('X-GoClaw-Agent-Id', 'The agent, when the model does not name one.'),
    header('Idempotency-Key', 'A repeated request with this key gets the answer of the first one.'),
    lastEventId(),
    header('X-Request-Id', 'Echoed, and written to the log.'),
  ];
}

/** For a stream that is read on. */
export function lastEventId(): MethodDecorator {
  return header('Last-Event-ID', 'Reading a stream again: events up to this id are left out.');
}

function header(name: string, description: string): MethodDecorator {
  return ApiHeader({ name, description, required: false });
}
