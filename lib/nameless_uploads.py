"""Large uploads while they come in: on disk, but without a name, so that they are gone with their request.

Django's own have a name in the folder for temporary files, and a process that is killed leaves them there in
clear. Whether an upload may be kept is known only when all of it is here.
"""

from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class NamelessUploadHandler(FileUploadHandler):
    """What does not fit into memory goes into a file that nobody else can open."""

    file: Any

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.file = UploadedFile(
            TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR),  # noqa: SIM115 (closed with its request)
            self.file_name,
            self.content_type,
            0,
            self.charset,
            self.content_type_extra,
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write what came."""
        self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """The file, to be read from its start."""
        self.file.seek(0)
        self.file.size = file_size
        complete: UploadedFile[bytes] = self.file
        return complete

    def upload_interrupted(self) -> None:
        """Nobody will read it."""
        if getattr(self, "file", None) is not None:
            self.file.close()
