"""The fallback: moto, in process, answers the calls that no cassette holds."""

from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.fallback import Fallback
from replayaws.fallback.journal import Entry

__all__ = ["Entry", "Fallback", "MotoAnswer", "NoAnswer"]
