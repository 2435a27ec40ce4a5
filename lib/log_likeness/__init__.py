"""What looks like a log, a dump, a trace, a capture or an archive of such. Pure; nothing is kept.

`judge_file` asks three things of a file: its name, its type by content, and the look of samples of its text.
It errs towards "no": what is not clearly one of those is an ordinary file. `log_blocks` finds the long
log-like parts of a text that somebody wrote.
"""

from lib.log_likeness.blocks import log_blocks
from lib.log_likeness.files import judge_file
from lib.log_likeness.likeness import CODES, Likeness

__all__ = ["CODES", "Likeness", "judge_file", "log_blocks"]
