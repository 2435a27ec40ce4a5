"""Where Celery's messages go, spelt as Kombu spells it."""

from urllib.parse import urlsplit


def broker_url(redis_url: str) -> str:
    """Kombu's spelling of a redis address: `unix:///path?db=0` is `redis+socket:///path?virtual_host=0`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    return f"redis+socket://{parts.path}?{parts.query.replace('db=', 'virtual_host=')}"
