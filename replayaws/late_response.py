"""urllib3's response of recorded bytes, made when it is asked for more than its bytes: most programs never do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from urllib3.response import HTTPResponse

if TYPE_CHECKING:
    from replayaws.recorded import Source


class LateResponse(HTTPResponse):
    """A response that is none yet: whatever is asked for first makes it, reading and closing it apart.

    :param source: in the place of http.client's response.
    """

    def __init__(self, source: Source, headers: dict[str, str], status: int) -> None:
        self._late: tuple[Source, dict[str, str], int] | None = (source, headers, status)

    def __getattr__(self, name: str) -> Any:
        """Not found, so not made yet."""
        late = self.__dict__.get("_late")
        if late is None:
            raise AttributeError(name)
        self._late = None
        source, headers, status = late
        super().__init__(
            source,  # as much of http.client's response as urllib3 uses
            headers=headers,
            status=status,
            preload_content=False,
            decode_content=False,
            enforce_content_length=False,
        )
        self.chunked = False
        self._fp_bytes_read = source.position
        return getattr(self, name)

    def read(self, amt: int | None = None, decode_content: bool | None = None, cache_content: bool = False) -> bytes:
        """As urllib3's."""
        if self._late is None or decode_content or cache_content:
            return super().read(amt, decode_content, cache_content)
        return self._late[0].read(amt)

    def close(self) -> None:
        """As urllib3's."""
        if self._late is None:
            super().close()
        else:
            self._late[0].close()

    @property
    def closed(self) -> bool:
        """As urllib3's; Python asks when it lets go of a response."""
        return bool(super().closed) if self._late is None else self._late[0].isclosed()
