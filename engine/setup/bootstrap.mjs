// Entry of `npm run demo`, `npm test`, `npm run bench` and so on: Node's version first, then the rest.
// No syntax here, and no static import, that an old Node.js could stumble over before the message.
const oldest = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(
    `stockpulse: this is Node.js ${process.versions.node}; it needs ${oldest.join('.')} or newer ` +
      '(22 or 24 is the better choice). Install one from https://nodejs.org and try again.',
  );
  process.exit(1);
}

import('./commands.mjs')
  .then((commands) => commands.main(process.argv.slice(2)))
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
