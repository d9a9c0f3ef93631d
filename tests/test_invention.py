"""What Faker makes up, recorded and replayed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from replayaws import invention
from replayaws.bindings import Bindings
from replayaws.player import Player
from tests.cases.matching import GET, START
from tests.playing import cassette, play, recorded

faker = pytest.importorskip("faker")


@pytest.fixture
def fake() -> Iterator[faker.Faker]:
    """A watched Faker, from a seed."""
    invention._handed_out.clear()
    invention.watch()
    made = faker.Faker()
    made.seed_instance(7)
    yield made
    invention._handed_out.clear()


def _tags(name: str) -> dict[str, object]:
    return {"TranscriptionJobName": "a", "Tags": [{"Key": "customer", "Value": f"for {name}"}]}


def test_what_faker_made_up_is_bound_to_what_it_makes_up_now(fake: faker.Faker) -> None:
    """A customer's name, ordinary as it looks, in a sentence; and the answers speak of the live one."""
    then = fake.name()
    interactions = [recorded(START, _tags(then)), recorded("s3.PutObject", {"Bucket": "b", "Key": f"in/{then}"})]
    assert invention.recorded_in(interactions) == [then]
    tape = msgspec.structs.replace(cassette(*interactions), invented=[then])
    invention._handed_out.clear()
    now, bindings = fake.name(), Bindings()
    playing = Player(tape, bindings=bindings)
    assert play(playing, START, _tags(now)) == 0
    assert play(playing, "s3.PutObject", {"Bucket": "b", "Key": f"in/{now}"}) == 1
    assert bindings.pairs() == [(then, now)]
    assert bindings.to_live(f"Dear {then}!") == f"Dear {now}!"


def test_a_name_that_faker_did_not_make_up_is_another_name(fake: faker.Faker) -> None:
    """What the program wrote down itself never takes the place of an invented value, nor of a read's."""
    then = fake.name()
    tape = msgspec.structs.replace(
        cassette(recorded(START, _tags(then)), recorded(GET, {"TranscriptionJobName": then})), invented=[then]
    )
    playing = Player(tape, bindings=Bindings())
    assert play(playing, START, _tags("Ada Lovelace")) == "other params"
    assert play(playing, GET, {"TranscriptionJobName": fake.name()}) == "other params"


def test_values_in_dictionaries_and_of_unique_are_known(fake: faker.Faker) -> None:
    """Faker's profiles, and its unique values."""
    profile, city = fake.simple_profile(), fake.unique.city()
    assert invention.recorded_in([recorded(START, {"A": profile["name"], "B": city, "C": "Ada Lovelace"})]) == sorted(
        {profile["name"], city}
    )


def test_nothing_is_imported_for_it() -> None:
    """Where Faker is not used, it is not imported."""
    code = "import sys; from replayaws import invention; invention.watch(); print('faker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
