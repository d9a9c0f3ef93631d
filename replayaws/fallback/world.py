"""moto's state: ours, kept apart from what a user's own ``mock_aws`` sees and resets, and its snapshots.

Importing this module imports moto. A *world* is what moto's backends hold. moto keeps the current one in module-level
``BackendDict`` objects, which a user's outermost ``mock_aws`` empties at its start and end. So ours stands there only
while moto works on a call of ours.

A snapshot is one joint deep copy of what the backends of the world hold.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import BaseModel
from moto.moto_api._internal import mock_random

from replayaws.fallback.copying import deep_copy

_OWN_ATTRIBUTES = frozenset(vars(BackendDict(BaseBackend, "none")))

_Accounts = dict[str, Any]
_Attributes = dict[str, Any]
_Contents = list[tuple[Any, _Accounts, _Attributes]]
"""For each ``BackendDict`` in use: itself, what it holds for each account, and its attributes that are state."""


class World:
    """moto's state as calls of ours made it; empty at first. Not safe for threads: its owner holds a lock."""

    def __init__(self) -> None:
        self._contents: _Contents = []
        self._files: list[Any] = []
        weakref.finalize(self, _dispose, self._files)

    @contextmanager
    def present(self) -> Iterator[None]:
        """Let this be what moto works on, then put back what was there."""
        others = _take_out()
        _put_in(self._contents)
        try:
            with _keeping(self._files):
                yield
        finally:
            self._contents = _take_out()
            _put_in(others)

    def snapshot(self) -> Snapshot:
        """The state as it is now."""
        return Snapshot(self._contents)

    def restore(self, snapshot: Snapshot) -> None:
        """Bring a state back. A snapshot can be restored once."""
        _dispose(self._files)
        self._files += snapshot.files
        self._contents = snapshot.give_back()


class Snapshot:
    """What all backends of a world held at one moment.

    :ivar uncopied: services whose state could not be copied, so that it is not undone, and why.
    """

    def __init__(self, contents: _Contents) -> None:
        self.uncopied: list[str] = []
        self.files: list[Any] = []
        self._accounts = [
            (of, {name: (held, dict(held)) for name, held in accounts.items()}) for of, accounts, _ in contents
        ]
        self._random = mock_random.getstate() if contents else None
        backends = [backend for _, accounts, _ in contents for held in accounts.values() for backend in held.values()]
        with _keeping(self.files):
            try:
                states, self._attributes = deep_copy(
                    ([vars(backend) for backend in backends], [attributes for _, _, attributes in contents])
                )
            except Exception:  # one backend that cannot be copied must not lose the others
                states = [self._copy_alone(backend) for backend in backends]
                self._attributes = [deep_copy(attributes) for _, _, attributes in contents]
        self._states = list(zip(backends, states, strict=True))

    def _copy_alone(self, backend: Any) -> dict[str, Any]:
        try:
            return deep_copy(vars(backend))
        except Exception as error:
            self.uncopied.append(f"{type(backend).__module__.split('.')[1]}: {error}")
            return dict(vars(backend))

    def give_back(self) -> _Contents:
        """The contents as they were, in the same backends."""
        for backend, state in self._states:
            backend.__dict__ = state
        if self._random is not None:
            mock_random.setstate(self._random)
        contents = []
        for (of, accounts), attributes in zip(self._accounts, self._attributes, strict=True):
            for held, regions in accounts.values():
                dict.clear(held)
                dict.update(held, regions)
            contents.append((of, {name: held for name, (held, _) in accounts.items()}, attributes))
        return contents


def _take_out() -> _Contents:
    """What moto holds now; it holds nothing afterwards."""
    contents = []
    for of in BackendDict._instances:  # type: ignore[misc]  # a class attribute over a type variable
        state = {name: value for name, value in vars(of).items() if name not in _OWN_ATTRIBUTES}
        contents.append((of, dict(of), state))
        dict.clear(of)
        for name, value in state.items():
            setattr(of, name, type(value)())
    BackendDict._instances = []  # type: ignore[misc]
    return contents


def _put_in(contents: _Contents) -> None:
    for of, accounts, state in contents:
        dict.update(of, accounts)
        of.__dict__.update(state)
    BackendDict._instances = [of for of, _, _ in contents]  # type: ignore[misc]


_keeper: tuple[int, list[Any]] | None = None
"""The thread in which moto works for us, and where its models with open files go meanwhile."""


@contextmanager
def _keeping(files: list[Any]) -> Iterator[None]:
    """Keep the models that moto makes meanwhile out of moto's lists, from which a ``mock_aws`` closes their files."""
    global _keeper
    before, _keeper = _keeper, (threading.get_ident(), files)
    try:
        yield
    finally:
        _keeper = before


def _new_model(cls: Any, *args: Any, **kwargs: Any) -> Any:
    instance: Any = super(BaseModel, cls).__new__(cls)  # moto's models have other bases too
    if _keeper is None or _keeper[0] != threading.get_ident():
        cls.instances_tracked.append(instance)
    elif hasattr(cls, "dispose"):
        _keeper[1].append(instance)
    return instance


BaseModel.__new__ = staticmethod(_new_model)  # type: ignore[method-assign]


def _dispose(files: list[Any]) -> None:
    for model in files:
        model.dispose()
    files.clear()
