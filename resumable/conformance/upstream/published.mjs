// The package as it is installed in the folder that is the adapter's argument, and what a version
// of the class wants to be given: all that differs from one to the next is here.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const { resolve } = createRequire(join(folder, "here.js"));
const load = (name) => import(pathToFileURL(resolve(name)));
const chat = await load("agents/chat");
const { version } = JSON.parse(readFileSync(join(folder, "node_modules/agents/package.json")));

export const { Database } = (await load("node-sqlite3-wasm")).default;
export const name = `agents ${version}`;

export function construct(host) {
  if (chat.createChatStreams === undefined) return new chat.ResumableStream(host.sql);
  return new chat.ResumableStream(streams(host), host.sql);
}

/** From 0.24 on, chunks are kept by a "capability", which a host of Cloudflare's installs. */
function streams(host) {
  const storage = { sql: host, transactionSync: (method) => method() };
  return Object.defineProperty(chat.createChatStreams(), "lifecycle", {
    value: { storage, events: { emit() {} } },
  });
}
