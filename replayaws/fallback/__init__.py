"""The fallback: moto, in process, answers the calls that no cassette holds."""

from replayaws.fallback.answers import MotoAnswer, NoAnswer
from replayaws.fallback.fallback import Fallback

__all__ = ["Fallback", "MotoAnswer", "NoAnswer"]
