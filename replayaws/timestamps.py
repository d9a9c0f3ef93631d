"""The written form of timestamps, which says how AWS sent them; see :mod:`replayaws.codec`."""

from __future__ import annotations

import datetime
import functools
import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape

_FRACTION = re.compile(r"\.(\d+)")


def write(value: Any, *, as_text: bool = False) -> str:
    """A timestamp in written form: ``Z`` for one that came as a number, an offset for one that came as text.

    One without a time zone stays so: as a parameter it means the time zone of whatever machine the program runs on.

    :param value: a :class:`~datetime.datetime`, or any other form that botocore takes for a parameter.
    :param as_text: whether it came as text, for where botocore's result does not tell: on a machine whose local time is UTC.
    """
    if not isinstance(value, datetime.datetime):
        from botocore.utils import parse_to_aware_datetime

        try:
            value = parse_to_aware_datetime(value)
        except (ArithmeticError, AttributeError, TypeError, ValueError):
            return f"{value}"  # botocore's own validation says what is wrong with it
    if _is_local(value.tzinfo) and (value.utcoffset() or not as_text):
        try:
            utc = value.astimezone(datetime.timezone.utc)
        except (OverflowError, OSError, ValueError):
            utc = value.replace(tzinfo=datetime.timezone.utc)
        return f"{utc.replace(tzinfo=None).isoformat()}Z"
    text: str = value.isoformat()
    return text


def _is_local(tzinfo: datetime.tzinfo | None) -> bool:
    return type(tzinfo).__name__ in ("tzlocal", "tzwinlocal")


def read(text: str, *, as_gmt: bool = False) -> datetime.datetime:
    """The timestamp that :func:`write` wrote, in the time zone object that botocore gives it.

    :param as_gmt: whether it came in a header, where UTC is called GMT.
    :raises ValueError: for text that is no timestamp.
    """
    return _read(text, as_gmt, (time.tzname, time.timezone, time.altzone))


def read_if_text(written: Any, *, as_gmt: bool) -> Any:
    """The same; what is no text stays."""
    return read(written, as_gmt=as_gmt) if isinstance(written, str) else written


@functools.lru_cache(maxsize=4096)
def _read(text: str, as_gmt: bool, zone: object) -> datetime.datetime:
    """Remembered, because dateutil is slow; ``zone`` is what ``time.tzset()`` may have changed."""
    if text.endswith("Z"):
        moment = _moment(text[:-1]).replace(tzinfo=datetime.timezone.utc)
        return moment.astimezone(_local())
    moment = _moment(text)
    offset = moment.utcoffset()
    if offset is None:
        return moment
    if not offset:
        is_local = "UTC" in time.tzname and not as_gmt  # dateutil takes the local zone for a name that it bears
        return moment.replace(tzinfo=_local() if is_local else _utc())
    from dateutil.tz import tzoffset

    return moment.replace(tzinfo=tzoffset(None, offset.total_seconds()))


def _moment(text: str) -> datetime.datetime:
    """Python 3.10 takes a fraction of three or six digits only."""
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return datetime.datetime.fromisoformat(_FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", text))


@functools.lru_cache(maxsize=1)
def _utc() -> datetime.tzinfo:
    from dateutil.tz import tzutc

    zone: datetime.tzinfo = tzutc()
    return zone


def _local() -> datetime.tzinfo:
    from dateutil.tz import tzlocal

    zone: datetime.tzinfo = tzlocal()  # made anew: it reads the time zone that time.tzset() may have changed
    return zone


def is_text(shape: Shape | None, text_times: bool) -> bool:
    """Whether a timestamp of that shape is sent as text.

    :param text_times: whether the protocol does so unless the shape says otherwise.
    """
    written = {} if shape is None else shape.serialization
    form = written.get("timestampFormat")
    return text_times or "location" in written if form is None else form.lower() != "unixtimestamp"


def is_gmt(shape: Shape | None) -> bool:
    """Whether a timestamp of that shape comes in a header or a header's form, where UTC is called GMT."""
    written = {} if shape is None else shape.serialization
    form = written.get("timestampFormat")
    return "location" in written if form is None else form.lower() == "rfc822"
