"""The text of a miss: the call, the cassette, the closest recordings and why each did not answer, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from replayaws.found import Missed, Near
from replayaws.interaction import Call
from replayaws.placeholders import PLACEHOLDER

_CLOSEST = 3
_DIFFERENCES = 4
_LONGEST = 160


def explain(
    missed: Missed | None,
    *,
    call: Call,
    cassette_path: str | None,
    owner: str,
    moto_said: str,
    command: str,
    elsewhere: Sequence[str] = (),
) -> str:
    """The whole message of a miss.

    :param missed: why the cassette does not answer; ``None`` where there is no cassette.
    :param call: redacted.
    :param cassette_path: ``None`` where the owner has none.
    :param moto_said: why moto does not answer; empty where it was not asked.
    :param command: what records the call.
    :param elsewhere: paths of other cassettes that hold the call.
    """
    near = [] if missed is None else missed.nearest()
    lines = [f"No recording answers {_named(call)}."]
    lines += [f"  made by:   {owner}", f"  params:    {_short(call.params)}"]
    lines.append(f"  cassette:  {cassette_path or 'none was recorded'}")
    if missed is not None:
        lines.append(f"  reason:    {_reason(missed, call, near)}")
    lines += _closest(near, call)
    lines += _redacted_name(near)
    if elsewhere:
        lines.append(f"  but:       {', '.join(elsewhere)} {'holds' if len(elsewhere) == 1 else 'hold'} this call")
    if moto_said:
        lines.append(f"  moto:      {moto_said.rstrip('.')}")
    lines.append(f"To record it: {command}")
    return "\n".join(lines)


def _named(call: Call) -> str:
    return call.name if call.region is None else f"{call.name} in {call.region}"


def _reason(missed: Missed, call: Call, near: Sequence[Near]) -> str:
    behind = ", ".join(f"{name} (interaction {index})" for index, name in missed.behind)
    if missed.reason == "nothing recorded":
        return f"no {call.name} was recorded at all"
    if missed.reason == "played":
        times = sum(one.count for one in near if not one.differences and one.region in (call.region, None))
        often = "once" if times == 1 else f"{times} times"
        return f"it was recorded {often}, and the program has made it as often already"
    if missed.reason == "stale":
        return f"it was recorded only before {behind}, which the program has made since"
    if missed.reason == "waiting":
        return (
            f"it got the same answer again and again, while interaction {missed.index} waits behind {behind}, "
            "which the program has not made"
        )
    if missed.reason == "other region":
        regions = sorted({one.region or "none" for one in near})
        return f"it was recorded in another region only ({', '.join(regions)})"
    if missed.refusal is not None:
        refusal = missed.refusal
        return (
            f"interaction {missed.index} differs in {_short(refusal.recorded)} recorded, {_short(refusal.live)} live, "
            f"and these are not bound: {refusal.why}"
        )
    return "it was recorded with other parameters only"


def _closest(near: Sequence[Near], call: Call) -> Iterator[str]:
    if not near:
        return
    yield "  closest recordings:"
    for one in near[:_CLOSEST]:
        yield f"    interaction {one.index}{_played(one)}" + (":" if one.differences else "")
        if one.region != call.region:
            yield f"      region: recorded {one.region}, live {call.region}"
        for path, recorded, live in one.differences[:_DIFFERENCES]:
            yield f"      {path or 'params'}: {_compared(recorded, live)}"
        if len(one.differences) > _DIFFERENCES:
            yield f"      and {len(one.differences) - _DIFFERENCES} more differences"
    if len(near) > _CLOSEST:
        yield f"    and {len(near) - _CLOSEST} more"


def _redacted_name(near: Sequence[Near]) -> Iterator[str]:
    """Of a name that the program was given as a placeholder, and that stands openly in the recording."""
    for _, recorded, live in near[0].differences if near else ():
        found = PLACEHOLDER.search(live) if isinstance(live, str) and isinstance(recorded, str) else None
        if found and found[0] not in recorded:
            yield (
                f"  hint:      {found[0]} stands for a value that was redacted, and the program uses it; to record the value "
                'itself, name its rule in `keep`, such as keep = ["model-sensitive:ssm.GetParameter"]'
            )
            return


def _played(near: Near) -> str:
    if not near.plays:
        return ", not played yet"
    times = "once" if near.plays == 1 else f"{near.plays} times"
    return f", played {times}" if near.is_read else f", played {times} of {near.count}"


def _compared(recorded: Any, live: Any) -> str:
    if recorded is None:
        return f"not recorded, live {_short(live)}"
    if live is None:
        return f"recorded {_short(recorded)}, not in the live call"
    return f"recorded {_short(recorded)}, live {_short(live)}"


def _short(value: Any) -> str:
    text = msgspec.json.encode(value).decode("utf-8", "replace")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
