"""Logs: one event per line on standard output, machine-readable in production."""

import logging
import logging.config

import structlog


class NotAboutReadiness(logging.Filter):
    """Drops Django's complaint about each 503 of /readyz: whoever asks there expects to be told to wait."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is worth a line."""
        return getattr(getattr(record, "request", None), "path", "") != "/readyz"


def set_up(*, level: str, readable: bool) -> None:
    """Send structlog and the standard library's loggers through one formatter."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if readable else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "events": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        renderer,
                    ],
                }
            },
            "filters": {"serving": {"()": NotAboutReadiness}},
            "handlers": {
                "console": {"class": "logging.StreamHandler", "formatter": "events", "filters": ["serving"]}
            },
            "root": {"handlers": ["console"], "level": level},
        }
    )
