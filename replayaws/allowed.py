"""Which accounts and regions may be recorded, checked before a call is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayaws.errors import RecordingError

if TYPE_CHECKING:
    from replayaws.run import Run


def check(run: Run, name: str, region: str | None) -> None:
    """Refuse to record a call that the options do not allow.

    :param name: service and operation.
    :raises RecordingError: when its account or region may not be recorded.
    """
    accounts, regions = run.options.accounts, run.options.regions
    account = run.origin.account
    if accounts and account not in accounts:
        raise RecordingError(
            f"Recording {name} is refused: the account is {account or 'unknown'}, and aws_accounts allows only "
            f"{', '.join(accounts)}. Use credentials of an allowed account, or change aws_accounts. Nothing was sent."
        )
    if regions and region not in (*regions, "aws-global", None):
        raise RecordingError(
            f"Recording {name} is refused: the region is {region}, and aws_regions allows only "
            f"{', '.join(regions)}. Use an allowed region, or change aws_regions. Nothing was sent."
        )
