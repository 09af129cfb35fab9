// What a version of the class wants to be given. All that differs from one to the next is here.

export function construct(chat, host) {
  if (chat.createChatStreams === undefined) return new chat.ResumableStream(host.sql);
  return new chat.ResumableStream(streams(chat, host), host.sql);
}

/** From 0.24 on, chunks are kept by a "capability", which a host of Cloudflare's installs. */
function streams(chat, host) {
  const storage = { sql: host, transactionSync: (method) => method() };
  return Object.defineProperty(chat.createChatStreams(), "lifecycle", {
    value: { storage, events: { emit() {} } },
  });
}
