// ResumableStream as published, behind the protocol: node adapter.mjs FOLDER, the one in which
// the package is installed.

import { Host } from "./host.mjs";
import { Database, construct, name } from "./published.mjs";

const gone = new TypeError("Can't call WebSocket send() after close()."); // as its host says it
let now, host, ids, stream;
Date.now = () => now;
console.warn = () => {}; // It would tell of every stale stream.

const id = (name) => ids[name] ?? name;
const restart = () => void (stream = construct(host));

const methods = {
  open: restart,
  restart,
  reopen: restart,
  advance: () => {},
  start(asked) {
    const before = stream.activeStreamId;
    try {
      return stream.start(asked.request);
    } finally {
      // It may raise when the stream is active already. Of a kill the harness finds out itself.
      const begun = stream.activeStreamId;
      if (begun !== before && asked.statements_run === undefined) ids[asked.stream] = begun;
    }
  },
  store: (asked) => asked.bodies.forEach((body) => stream.storeChunk(id(asked.stream), body)),
  flush: () => stream.flushBuffer(),
  complete: (asked) => stream.complete(id(asked.stream)),
  mark_error: (asked) => stream.markError(id(asked.stream)),
  replay: (asked, socket) => stream.replayChunks(socket, asked.request),
  restore: () => stream.restore(),
  clear_all: () => stream.clearAll(),
  destroy: () => stream.destroy(),
  insert_stale: ({ stream: name, request, age_ms }) =>
    stream.insertStaleStream(id(name), request, age_ms),
};

function open(path) {
  host?.close();
  host = new Host(Database, path);
  ids = {};
}

const socket = ({ frames_taken, at_frame, call }, frames) => ({
  send(frame) {
    if (frames.length === frames_taken) throw gone;
    if (frames.push(frame) - 1 === at_frame) methods[call.do](call, this);
  },
});

/** A process that is to die does so in the call or after it: nobody gets a reply, and there is
 * a restart. */
function perform(asked) {
  const reply = { frames: [] };
  try {
    if (asked.do === "open") open(asked.database);
    if (asked.do === "reopen") host.reopen();
    const call = () => methods[asked.do](asked, socket(asked, reply.frames));
    reply.value = host.call(call, asked);
  } catch (error) {
    reply.error = String(error);
    if (error === gone) reply.refused = "socket";
  }
  if (asked.statements_run !== undefined) return perform({ do: "restart" });
  return { ...reply, disk_failed: host?.diskFailed };
}

function read(method) {
  try {
    return method();
  } catch (error) {
    return { raised: String(error) };
  }
}

const observed = () => ({
  active_stream_id: read(() => stream.activeStreamId),
  active_request_id: read(() => stream.activeRequestId),
  has_active_stream: read(() => stream.hasActiveStream()),
  is_live: read(() => stream.isLive),
  metadata: read(() => stream.getAllStreamMetadata()),
});

function looked(names) {
  const each = (method) =>
    Object.fromEntries(names.map((name) => [name, read(() => method(id(name)))]));
  const chunks = each((id) => stream.getStreamChunks(id));
  const metadata = each((id) => stream.getStreamMetadata(id));
  return { chunks, metadata, rows: host.rows() };
}

function answer(asked) {
  if (asked.do === "hello") return { n: asked.n, protocol: 1, name, can };
  now = asked.now;
  const reply = { n: asked.n, ...perform(asked), observed: observed() };
  return asked.look ? { ...reply, looked: looked(asked.look) } : reply;
}

perform({ do: "open", database: null });
const can = ["file", "reopen", "dead_socket", "calling_socket", "failing_disk", "kills"];
can.push("lone_surrogates");
if (host.rows().streams !== null) can.push("rows"); // Some versions keep tables of their own.

let rest = "";
process.stdin.setEncoding("utf8").on("data", (data) => {
  const lines = (rest + data).split("\n");
  rest = lines.pop();
  for (const line of lines) process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
});
