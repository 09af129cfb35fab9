"""The original: ``ResumableStream`` as published for TypeScript, run by Node behind the
protocol."""
