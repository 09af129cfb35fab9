// A restored stream's chunks are counted from zero again.
import { ResumableStream } from "./published.mjs";

const { restore } = ResumableStream.prototype;
ResumableStream.prototype.restore = function () {
  restore.call(this);
  this._streamChunkIndex = 0;
};
