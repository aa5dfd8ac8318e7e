"""Static files take their place whole: the version before still serves them."""

import secrets
from pathlib import Path
from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class WholeStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Django would take each file away first; an upgrade collects while others read."""

    def delete(self, name: str) -> None:
        """Leave it: the new one takes its place, and open pages ask for old names."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        half: str = super()._save(_half(name), content)
        Path(self.path(half)).replace(self.path(name))
        return name

    def create_compressor(self, **options: Any) -> Compressor:
        return WholeCompressor(**options)


class WholeCompressor(Compressor):  # type: ignore[misc]
    def write_data(self, path: str, data: bytes, suffix: str, stat_result: Any) -> str:
        half = super().write_data(path, data, _half(suffix), stat_result)
        Path(half).replace(path + suffix)
        return path + suffix


def _half(name: str) -> str:
    return f"{name}.{secrets.token_hex(4)}.new"
