// What the class finds around it where it is used: SQLite behind a tagged template; text that
// comes and goes as UTF-8; each call of a method one transaction, which an exception does not
// roll back. And what a harness adds: a process that dies, a disk that fails.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const STREAMS =
  "select id, request_id, status, created_at, completed_at from cf_ai_chat_stream_metadata";
const CHUNKS =
  "select stream_id, body, chunk_index, created_at from cf_ai_chat_stream_chunks" +
  " order by chunk_index, rowid";

export class Host {
  #open;
  #database;
  #statements = new Map();
  #statementsLeft = Infinity;
  #rowsLeft = Infinity;
  diskFailed = false;
  isDead = false;

  constructor(Database, path) {
    this.#open = () => {
      this.#database = new Database(path ?? ":memory:");
      // A process dies here, never the system: waiting for the disk would prove nothing.
      this.#database.exec("pragma synchronous = off; pragma locking_mode = exclusive");
    };
    this.reopen = () => {
      if (path === null) return; // What is in memory stays there.
      this.close();
      this.#open();
    };
    this.#open();
  }

  close() {
    for (const query of this.#statements.keys()) this.#forget(query);
    if (this.#database.isOpen) this.#database.close();
  }

  /** One call of a method of the class, of which so many statements run and so many rows are
   * written. */
  call(method, { statements_run = Infinity, rows_written = Infinity } = {}) {
    [this.#statementsLeft, this.#rowsLeft] = [statements_run, rows_written];
    [this.isDead, this.diskFailed] = [false, false];
    this.#database.exec("begin");
    try {
      return method();
    } finally {
      this.#database.exec(this.isDead ? "rollback" : "commit");
      [this.#statementsLeft, this.#rowsLeft] = [Infinity, Infinity];
    }
  }

  sql = (strings, ...values) => this.exec(strings.join("?"), ...values);

  exec(query, ...values) {
    this.isDead ||= this.#statementsLeft-- === 0;
    if (this.isDead) throw new Error("the process has died");
    const unbound = [...values];
    const typed = query.replaceAll("?", () =>
      typeof unbound.shift() === "string" ? "cast(? as text)" : "?",
    );
    const bytes = values.map((value) =>
      typeof value === "string" ? encoder.encode(value) : value,
    );
    return /^\s*select/i.test(query) ? this.#read(typed, bytes) : this.#write(typed, bytes);
  }

  /** The binding ends a text at its first NUL, so that texts are read again, as bytes. */
  #read(query, values) {
    const rows = this.#run(query, "all", values);
    if (rows.length === 0) return rows;
    const columns = Object.keys(rows[0]).map((name) => `cast("${name}" as blob) as "${name}"`);
    const bytes = this.#run(`select ${columns.join()} from (${query})`, "all", values);
    for (const [number, row] of rows.entries())
      for (const [name, value] of Object.entries(row))
        if (typeof value === "string") row[name] = decoder.decode(bytes[number][name]);
    return rows;
  }

  /** Both tables as they are, null for one that does not exist. */
  rows() {
    return { streams: this.#table(STREAMS), chunks: this.#table(CHUNKS) };
  }

  #table(query) {
    try {
      return this.exec(query).map(Object.values);
    } catch {
      return null;
    }
  }

  #write(query, values) {
    if (this.#rowsLeft === Infinity) return this.#result(query, values);
    this.#database.exec("savepoint statement");
    const before = this.#rowsWritten();
    const result = this.#result(query, values);
    this.#rowsLeft -= this.#rowsWritten() - before;
    if (this.#rowsLeft >= 0) return result;
    this.#database.exec("rollback to statement");
    this.#rowsLeft = 0;
    this.diskFailed = true;
    throw new Error("the harness lets this disk fail");
  }

  #result(query, values) {
    return Object.assign([], { rowsWritten: this.#run(query, "run", values).changes });
  }

  #rowsWritten() {
    return this.#run("select total_changes() as rows", "get").rows;
  }

  #run(query, how, values) {
    if (!this.#statements.has(query))
      this.#statements.set(query, this.#database.prepare(query));
    try {
      return this.#statements.get(query)[how](values);
    } catch (error) {
      this.#forget(query); // It would refuse to be used again.
      throw error;
    }
  }

  #forget(query) {
    try {
      this.#statements.get(query).finalize();
    } catch {} // Its last error, once more.
    this.#statements.delete(query);
  }
}
