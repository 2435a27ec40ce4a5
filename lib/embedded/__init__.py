"""Own PostgreSQL and Valkey servers, for an installation that names none.

Both live under the data folder and listen on Unix sockets only. Whoever uses a server holds a shared lock
on it; the last one to leave stops it, so that `manage.py` commands and a running supervisor share them.
"""

from lib.embedded.places import Places
from lib.embedded.postgres import Postgres
from lib.embedded.sharing import Hold, InUse, alone, command_needs_servers, hold, hold_for_this_process
from lib.embedded.valkey import Valkey

__all__ = [
    "Hold",
    "InUse",
    "Places",
    "Postgres",
    "Valkey",
    "alone",
    "command_needs_servers",
    "hold",
    "hold_for_this_process",
]
