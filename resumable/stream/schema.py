"""Tables and statements. Names and columns are the original's, so that a database written
by either side opens on the other."""

from typing import Final

from resumable.stream.limits import CHUNK_BUFFER_SIZE

CREATE: Final = (
    """create table if not exists cf_ai_chat_stream_chunks (
        id text primary key,
        stream_id text not null,
        body text not null,
        chunk_index integer not null,
        created_at integer not null
    )""",
    """create table if not exists cf_ai_chat_stream_metadata (
        id text primary key,
        request_id text not null,
        status text not null,
        created_at integer not null,
        completed_at integer
    )""",
    """create index if not exists idx_stream_chunks_stream_id
        on cf_ai_chat_stream_chunks (stream_id, chunk_index)""",
    # The original does without these two. With them, what a restart and a sweep look for is
    # found at once, however many streams have ended; the original does not mind them.
    """create index if not exists idx_stream_metadata_streaming
        on cf_ai_chat_stream_metadata (created_at) where status = 'streaming'""",
    """create index if not exists idx_stream_metadata_ended
        on cf_ai_chat_stream_metadata (completed_at) where completed_at is not null""",
)

DROP: Final = (
    "drop table if exists cf_ai_chat_stream_chunks",
    "drop table if exists cf_ai_chat_stream_metadata",
)

CLEAR: Final = (
    "delete from cf_ai_chat_stream_chunks",
    "delete from cf_ai_chat_stream_metadata",
)

INSERT_CHUNK: Final = """
    insert into cf_ai_chat_stream_chunks (id, stream_id, body, chunk_index, created_at)
    values (?, ?, ?, ?, ?)"""

INSERT_FULL_BUFFER: Final = INSERT_CHUNK + (CHUNK_BUFFER_SIZE - 1) * ", (?, ?, ?, ?, ?)"

INSERT_STREAM: Final = """
    insert into cf_ai_chat_stream_metadata (id, request_id, status, created_at)
    values (?, ?, 'streaming', ?)"""

END_STREAM: Final = """
    update cf_ai_chat_stream_metadata set status = ?, completed_at = ? where id = ?"""

DELETE_CHUNKS: Final = "delete from cf_ai_chat_stream_chunks where stream_id = ?"

DELETE_STREAM: Final = "delete from cf_ai_chat_stream_metadata where id = ?"

# Equal times are common (two starts in one millisecond): the last one started wins.
NEWEST_STREAMING: Final = """
    select id, request_id, created_at from cf_ai_chat_stream_metadata
    where status = 'streaming' order by created_at desc, rowid desc limit 1"""

LAST_INDEX: Final = """
    select max(chunk_index) from cf_ai_chat_stream_chunks where stream_id = ?"""

_FINISHED_BEFORE: Final = "status in ('completed', 'error') and completed_at < ?"

SWEEP: Final = (
    f"""delete from cf_ai_chat_stream_chunks where stream_id in (
        select id from cf_ai_chat_stream_metadata where {_FINISHED_BEFORE})""",  # noqa: S608 - put together from constants
    f"delete from cf_ai_chat_stream_metadata where {_FINISHED_BEFORE}",  # noqa: S608 - likewise
)

# Indexes repeat within a stream once it was stored to after its end: then as inserted.
CHUNKS: Final = """
    select body, chunk_index, rowid from cf_ai_chat_stream_chunks
    where stream_id = ? and (chunk_index, rowid) > (?, ?) order by chunk_index, rowid"""

BEFORE_ALL: Final = (-(1 << 63), 0)
"""Where to read chunks from, to get all: below any index."""

STREAM: Final = "select status, request_id from cf_ai_chat_stream_metadata where id = ?"

STREAMS: Final = """
    select id, status, request_id, created_at from cf_ai_chat_stream_metadata"""
