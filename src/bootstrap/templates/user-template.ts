export const USER_TEMPLATE = `# Whom you help

Name:
How to address them:
Time zone:
Language:

What they work on, what they like and dislike in answers, what to remember. Add it as you learn it; nothing that they would not want to find here.
`;
