// The class as the adapter is about to use it: what is changed here is changed there.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { resolve } = createRequire(join(process.argv[2], "here.js"));
export const { ResumableStream } = await import(pathToFileURL(resolve("agents/chat")));
