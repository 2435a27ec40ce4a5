"""Sending an export: as a file to keep, that no cache keeps."""

from typing import IO

from django.http import FileResponse

from privacy.models import PrivacyJob


def export_response(content: IO[bytes], job: PrivacyJob) -> FileResponse:
    """The zip; its name tells nothing of the person."""
    answer = FileResponse(
        content, as_attachment=True, filename=f"export-{job.pk}.zip", content_type="application/zip"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
