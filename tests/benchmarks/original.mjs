// The original's class on the SQLite that is part of Node: node original.mjs FOLDER DATABASE
// CHUNKS BODY, where FOLDER holds the package. Each line on stdin names one of the two works
// below; the answer is how many microseconds of CPU it took.

import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { construct, name } from "../../resumable/conformance/upstream/published.mjs";

const [path, chunks, body] = process.argv.slice(3);
const database = new DatabaseSync(path);
database.exec("pragma journal_mode = wal; pragma synchronous = full");
const begin = database.prepare("begin immediate");
const commit = database.prepare("commit");
const statements = new Map(); // by the identity of a template, which is always the same
let isOpen = false;

function sql(template, ...values) {
  if (!statements.has(template)) {
    const query = template.join("?");
    const how = /^\s*select/i.test(query) ? "all" : "run";
    const statement = database.prepare(query);
    statements.set(template, (given) => statement[how](...given));
  }
  if (!isOpen) begin.run();
  isOpen = true;
  return statements.get(template)(values);
}

/** What its host does: each call that touches the database is one transaction. */
function call(method) {
  const result = method();
  if (isOpen) commit.run();
  isOpen = false;
  return result;
}

const stream = call(() => construct({ sql }));
const nobody = { send() {} };

function timed(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const works = {
  store() {
    call(() => stream.clearAll());
    const id = call(() => stream.start("r"));
    return timed(() => {
      for (let n = 0; n < chunks; n++) call(() => stream.storeChunk(id, body));
    });
  },
  replay: () => timed(() => call(() => stream.replayChunks(nobody, "r"))),
};

console.log(`${name}, Node ${process.version}, SQLite ${process.versions.sqlite}`);
for await (const work of createInterface({ input: process.stdin })) console.log(works[work]());
