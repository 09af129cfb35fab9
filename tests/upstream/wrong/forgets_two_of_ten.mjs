// Of ten chunks that are flushed at once the last two are forgotten.
import { ResumableStream } from "./published.mjs";

const { flushBuffer } = ResumableStream.prototype;
ResumableStream.prototype.flushBuffer = function () {
  if (this._chunkBuffer.length >= 10) this._chunkBuffer.length -= 2;
  flushBuffer.call(this);
};
