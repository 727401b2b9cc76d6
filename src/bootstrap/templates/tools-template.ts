export const TOOLS_TEMPLATE = `# Notes on this place

What you find out about your surroundings and will need again: names of hosts and devices, paths, accounts (never their secrets), habits of programs, commands that work. The tools themselves explain how they are used; this file is for what is special here.
`;
