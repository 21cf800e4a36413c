"""The log: one JSON object a line, on stderr, with the trace of its request. No personal data: ids and codes."""

import sys

import orjson
import structlog


def configure() -> None:
    """Set up the log of this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(serializer=orjson.dumps, default=str),
        ],
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
    )
