/** Comments only: as long as nothing else stands in it, no heartbeat wakes the agent. */
export const HEARTBEAT_TEMPLATE = `<!-- What to look after from time to time, one task a line. Empty: nothing. -->
`;
