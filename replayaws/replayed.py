"""A call that a cassette answered, as ``replayaws.calls`` shows it and as moto comes to know it, at the least cost.

Most of them nobody looks at. What is kept is how to make the parameters and the answer again.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from replayaws import parameters, shapes
from replayaws.bindings import Bindings
from replayaws.run import RecordedCall

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from replayaws.answers import Outputs, Way
    from replayaws.fallback.journal import Entry
    from replayaws.interaction import Interaction


class Replayed(RecordedCall):
    """A call that a cassette answered.

    :param outputs: of that cassette; with the deck, which holds its calls, it would be freed by the garbage collector only.
    :param answering: what answers are rewritten by, for moto.
    :param way: how the client that called reads bodies; a client that stayed here would outlive its test's use of it.
    :param region: the client's.
    :param exactly: the parameters, by :func:`replayaws.parameters.snapshot`.
    """

    __slots__ = ("_answering", "_exactly", "_interaction", "_model", "_outputs", "_way")

    def __init__(
        self,
        outputs: Outputs,
        answering: Bindings,
        way: Way,
        region: str | None,
        model: OperationModel,
        exactly: bytes,
        interaction: Interaction,
    ) -> None:
        self.service, self.operation, self.region = interaction.service, model.name, region
        self.source, self.error = "cassette", None
        self._outputs, self._answering, self._way, self._model = outputs, answering, way, model
        self._exactly, self._interaction = exactly, interaction

    def __getattr__(self, name: str) -> Any:
        """The parameters and the answer are made when they are first asked for."""
        if name == "params":
            self.params = parameters.restored(self._exactly)
            return self.params
        if name == "response":
            self.response = self._answer(Bindings())
            return self.response
        raise AttributeError(name)

    def _answer(self, bindings: Bindings) -> dict[str, Any]:
        return self._outputs.parsed(self._interaction, self._model, bindings, self._way)

    def entry(self) -> Entry:
        """What moto is told of it."""
        from replayaws.fallback.journal import Entry

        return Entry(
            self.service,
            self.operation,
            self.region,
            parameters.restored(self._exactly),
            lambda: self._answer(self._answering),
            shapes.is_read(self._model, self.operation),
        )


def is_given_as_parsed(model: OperationModel) -> bool:
    """Whether botocore hands out the output of an operation as its parser made it: most have no handler that changes it."""
    known: bool | None = model.__dict__.get("_replayaws_is_given_as_parsed")
    if known is None:
        service = model.service_model.service_id.hyphenize()
        known = f"{service}.{model.name}" not in _changed() and service not in _changed()
        model.__dict__["_replayaws_is_given_as_parsed"] = known
    return known


@functools.cache
def _changed() -> frozenset[str]:
    """Services, and operations of services, whose successful outputs botocore's own handlers change."""
    from botocore import handlers

    begin = "after-call."
    return frozenset(
        event.removeprefix(begin).removesuffix(".*")
        for event, handler, *_ in handlers.BUILTIN_HANDLERS
        if event.startswith(begin) and handler is not getattr(handlers, "_handle_sqs_compatible_error", None)
    )
