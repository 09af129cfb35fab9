// The same in JavaScript.
import { createInterface } from "node:readline";

const observed = {
  active_stream_id: null, active_request_id: null,
  has_active_stream: false, is_live: false, metadata: [],
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { n } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ n, protocol: 1, name: "idle", observed })}\n`);
});
