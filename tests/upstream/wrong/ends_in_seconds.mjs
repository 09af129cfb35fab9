// The time of an end is written in seconds, which only a sweep by somebody else would notice.
import { ResumableStream } from "./published.mjs";

const { markError } = ResumableStream.prototype;
ResumableStream.prototype.markError = function (id) {
  const { now } = Date;
  this.flushBuffer();
  Date.now = () => Math.floor(now() / 1000);
  markError.call(this, id);
  Date.now = now;
};
