"""The fallback's one door: answer a call, remember a replayed one, open and close a scope."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from replayaws.bindings import Bindings
from replayaws.fallback.scope import Scope

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from replayaws.fallback.answers import MotoAnswer, NoAnswer
    from replayaws.fallback.coherence import Interpreter
    from replayaws.fallback.journal import Entry
    from replayaws.fallback.simulation import Simulation
    from replayaws.fallback.world import World


class Fallback:
    """moto in process, brought to the recorded state, its own state following the scopes.

    Making one imports nothing; moto is imported at the first :meth:`answer`. Safe for threads.

    :param account: the account id that moto answers with: the cassettes' own, so that ARNs agree.
    :ivar rejected: replayed calls that moto would not take, and what else it could not do, for the report.
    """

    def __init__(self, *, account: str = "123456789012") -> None:
        self.rejected: list[str] = []
        self._account = account
        self._lock = threading.RLock()
        self._scopes = [Scope(Bindings())]
        self._moto: tuple[Simulation, World] | None = None

    def answer(
        self, *, service: str, operation: str, region: str | None, params: dict[str, Any]
    ) -> MotoAnswer | NoAnswer:
        """moto's answer to a call of the innermost scope, after everything that was replayed.

        :param params: Python values as botocore's ``before-parameter-build`` handlers leave them.
        :returns: the answer, in the app's identifiers, or why there is none.
        """
        with self._lock:
            self._catch_up()
            self._reach(len(self._scopes) - 1)
            return self._interpreter(self._scopes[-1]).answer(service, operation, region, params)

    def process(self, request: AWSPreparedRequest) -> tuple[int, Mapping[str, Any], Any] | None:
        """moto's answer to a plain HTTP request beside boto3, such as one for a signed S3 URL.

        :returns: status, headers and body; ``None`` where moto has no answer.
        """
        with self._lock:
            self._catch_up()
            self._reach(len(self._scopes) - 1)
            simulation, world = self._start()
            with world.present():
                return simulation.process(request)

    def journal(
        self,
        *,
        service: str,
        operation: str,
        region: str | None,
        params: dict[str, Any],
        response: Any,
        failed: bool,
        read: bool,
    ) -> None:
        """Remember a replayed call, so that moto can be brought to the recorded state when it is needed.

        :param params: Python values, as for :meth:`answer`.
        :param response: what the app was answered, Python values; or a function that gives it when needed.
        :param failed: whether that was a service error: it changed nothing.
        :param read: whether the operation only reads.
        """
        if failed:
            return
        from replayaws.fallback.journal import Entry, kept

        try:
            entry = Entry(service, operation, region, kept(params), response, read)
        except ValueError as error:
            self._reject(f"{service}.{operation}: {error}")
        else:
            self.note(lambda: entry)

    def note(self, make: Callable[[], Entry]) -> None:
        """Remember a replayed call that succeeded, at the least cost: most runs never need moto.

        :param make: gives the entry when moto is needed.
        """
        self._scopes[-1].noted.append(make)

    def foresee(self, recording: Callable[[], Iterable[Entry]]) -> None:
        """Tell what the innermost scope's recording has, so that what it shows to exist can be made before it is replayed.

        :param recording: gives an :class:`Entry` for each recorded call that succeeded; asked only when it is needed.
        """
        with self._lock:
            self._scopes[-1].foreseen = recording

    def enter(self) -> None:
        """Open a scope inside the current one: what is put into moto from now on is gone when it is left."""
        with self._lock:
            self._scopes.append(Scope(Bindings(self._scopes[-1].bindings)))

    def leave(self) -> None:
        """Close the innermost scope. One that never reached moto costs nothing."""
        with self._lock:
            if len(self._scopes) == 1:
                raise RuntimeError("Fallback.leave() without Fallback.enter()")
            scope = self._scopes.pop()
            if scope.snapshot is None or self._moto is None:
                return
            self._moto[1].restore(scope.snapshot)
            for outer, applied in zip(self._scopes, scope.applied_outside, strict=True):
                outer.applied = applied

    def _start(self) -> tuple[Simulation, World]:
        if self._moto is None:
            from replayaws.fallback.simulation import Simulation
            from replayaws.fallback.world import World

            self._moto = Simulation(self._account), World()
        return self._moto

    def _reach(self, index: int) -> None:
        """Before a scope changes moto's state: remember the state that it found."""
        scope = self._scopes[index]
        if index and scope.snapshot is None:
            _, world = self._start()
            scope.snapshot = world.snapshot()
            scope.made |= self._scopes[index - 1].made
            scope.applied_outside = [outer.applied for outer in self._scopes[:index]]
            for failure in scope.snapshot.uncopied:
                self._reject(f"moto's state of {failure} (not undone at the end of the scope)")

    def _catch_up(self) -> None:
        """Let moto come through everything that was replayed and that it has not come through yet."""
        self._settle()
        for index, scope in enumerate(self._scopes):
            if scope.applied == len(scope.entries):
                continue
            innermost = max([index, *(i for i, inner in enumerate(self._scopes) if inner.snapshot is not None)])
            self._reach(index)
            interpreter = self._interpreter(self._scopes[innermost])
            while scope.applied < len(scope.entries):
                self._apply(scope.entries[scope.applied], interpreter)
                scope.applied += 1

    def _settle(self) -> None:
        for scope in self._scopes:
            noted, scope.noted = scope.noted, []
            scope.entries += [make() for make in noted]

    def _apply(self, entry: Entry, interpreter: Interpreter) -> None:
        from replayaws.fallback.answers import NoAnswer

        answer = interpreter.apply(entry)
        if isinstance(answer, NoAnswer):
            self._reject(f"{entry.name}: {answer.reason}")
        elif answer.refused:
            error = answer.parsed.get("Error", {})
            self._reject(f"{entry.name}: moto refused it, {error.get('Code')}: {error.get('Message')}")

    def _interpreter(self, scope: Scope) -> Interpreter:
        from replayaws.fallback.coherence import Interpreter

        simulation, world = self._start()
        return Interpreter(simulation, world, scope.bindings, self._recorded, scope.made)

    def _recorded(self) -> list[Entry]:
        return [entry for scope in self._scopes for part in (scope.foreseen(), scope.entries) for entry in part]

    def _reject(self, text: str) -> None:
        if text not in self.rejected:
            self.rejected.append(text)
