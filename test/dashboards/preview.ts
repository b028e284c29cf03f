// Serves the page with the sample shop, to look at while working on it: npx tsx test/dashboards/preview.ts [port]
import { startServer } from '../../dashboards/server.js';
import { SampleModel } from './sample-model.js';

const model = new SampleModel();
const server = await startServer({
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  token: null,
  model,
  parts: () => model.parts,
  metrics: () => '',
  decide: async ({ signalId }) => ({ taken: true, eventId: `approve/${signalId}` }),
  log: {
    info: (fields, message) => console.log(message, fields),
    warn: (fields, message) => console.warn(message, fields),
    error: (fields, message) => console.error(message, fields),
  },
});
console.log(server.url);
const clock = setInterval(() => {
  model.advance(1, 600_000);
  server.feedChanged();
}, 500);
process.once('SIGINT', () => {
  clearInterval(clock);
  void server.close();
});
