"""Which hosts are AWS's, and the guard that lets no connection to one leave in replay.

botocore's calls are answered at ``before-call`` and open no connection, and :mod:`replayaws.http` answers plain HTTP once
it has been started. The guard is for everything else: a URL that nobody recorded, a library that vcrpy does not know, a
thread that outlived its test. It wraps the look-up of names in :mod:`socket` and, where a name is looked up by other
means or by a proxy, the beginning of TLS, which names the host once more. It costs nothing where nothing connects: less
than 0.1 ms to install, about 2 µs for each look-up.
"""

from __future__ import annotations

import functools
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any

AWS_SUFFIXES = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "on.aws",
    "signin.aws",
    "aws.dev",
    "amazonwebservices.com.cn",
    "amazonwebservices.eu",
    "api.amazonwebservices.com.cn",
    "on.amazonwebservices.com.cn",
    "signin.aws.amazon.com",
    "amazoncognito.com",
    "awsapps.com",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "csp.hci.ic.gov",
    "cloud.adc-e.uk",
    "api.aws.ic.gov",
    "api.aws.scloud",
    "api.aws.hci.ic.gov",
    "api.cloud-aws.adc-e.uk",
)
"""What the names of AWS's hosts end in, in all partitions."""

_DOTTED = tuple(f".{suffix}" for suffix in AWS_SUFFIXES)
_BY_LENGTH = tuple(sorted(AWS_SUFFIXES, key=len, reverse=True))


def is_aws_host(host: str, extra: Iterable[str] = (), *, port: int | None = None) -> bool:
    """Whether a host is AWS's, or one of those that the user counts among them.

    :param extra: further host names, each with its subdomains; with a port, such as ``"localhost:4566"``, that port only.
    :param port: of the host, where known.
    """
    name = f".{host.rstrip('.').lower()}"
    return name.endswith(_DOTTED) or any(_is_below(name, port, suffix) for suffix in extra)


def _is_below(name: str, port: int | None, suffix: str) -> bool:
    host, _, only = suffix.rpartition(":")
    if not only.isdigit() or host.endswith(":"):  # no port, or an IPv6 address
        return name.endswith(f".{suffix}")
    return name.endswith(f".{host.strip('[]')}") and port in (None, int(only))


def aws_host_labels(host: str) -> tuple[str, ...] | None:
    """The labels of an AWS host before its suffix; ``None`` for a host that is not AWS's.

    ``"queue.s3.eu-west-1.amazonaws.com"`` gives ``("queue", "s3", "eu-west-1")``.
    """
    name = host.rstrip(".").lower()
    for suffix in _BY_LENGTH:
        if name.endswith(f".{suffix}"):
            return tuple(label for label in name[: -len(suffix) - 1].split(".") if label)
    return None


Refuse = Callable[[str], None]
"""Called with the name of an AWS host that is about to be connected to; raises where that must not be."""

_refuse: Refuse | None = None
_extra: tuple[str, ...] = ()
_LOOKUPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex")


def guard_network(refuse: Refuse, *, extra: Iterable[str] = ()) -> None:
    """Ask before a connection to an AWS host is opened by whatever means; repeating replaces whom is asked.

    :param refuse: called in the thread that wants to connect; returns to let it, raises to refuse. What it raises, best
        a :class:`~replayaws.errors.MissError`, reaches the program through every HTTP library: they catch ``OSError``.
    :param extra: further hosts that count as AWS's.
    """
    global _refuse, _extra
    _refuse, _extra = refuse, tuple(extra)
    for name in _LOOKUPS:
        _wrap(socket, name, _asking_first)
    _wrap(socket.socket, "connect", _wrapping_tls)


def unguard_network() -> None:
    """Ask nobody any more."""
    global _refuse
    _refuse = None


def _ask(host: Any) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else host
    if _refuse is not None and isinstance(name, str) and is_aws_host(name, _extra):
        _refuse(name)


def _wrap(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    original = getattr(owner, name, None)
    if original is not None and not hasattr(original, "_replayaws"):
        wrapped = make(original)
        wrapped._replayaws = True
        setattr(owner, name, wrapped)


def _asking_first(original: Any) -> Any:
    @functools.wraps(original)
    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        _wrap_tls()
        _ask(host)
        return original(host, *args, **kwargs)

    return look_up


def _wrapping_tls(original: Any) -> Any:
    @functools.wraps(original)
    def connect(self: Any, address: Any) -> Any:
        _wrap_tls()
        if isinstance(address, tuple):
            _ask(address[0])
        return original(self, address)

    return connect


def _wrap_tls() -> None:
    """Wrap :mod:`ssl` once it is there: importing it for the guard's sake would cost what the guard must not."""
    module = sys.modules.get("ssl")
    context = getattr(module, "SSLContext", None)
    if context is not None:
        _wrap(context, "wrap_socket", _asking_for_server_name)
        _wrap(context, "wrap_bio", _asking_for_server_name)


def _asking_for_server_name(original: Any) -> Any:
    @functools.wraps(original)
    def begin(self: Any, *args: Any, **kwargs: Any) -> Any:
        _ask(kwargs.get("server_hostname"))
        return original(self, *args, **kwargs)

    return begin
