"""Damaged cassettes: each is a clear error or a correct load."""

from __future__ import annotations

import random

import pytest

from replayaws import format as text_format
from replayaws.cassette import Cassette, Provenance
from replayaws.errors import CassetteError
from replayaws.interaction import Interaction, raw

SOUND = text_format.dumps(
    Cassette(
        replayaws=1,
        owner="tests/test_jobs.py::test_completed",
        recorded=Provenance(at="2026-11-22T10:15:03Z", source="aws", botocore="1.44.5"),
        kept=["email"],
        values={"job": "job-7f3a"},
        interactions=[
            Interaction(
                call="transcribe.StartTranscriptionJob",
                region="eu-central-1",
                seconds=1.5,
                params=raw({"TranscriptionJobName": "jöb-7f3a", "Media": {"MediaFileUri": "s3://media/a.wav"}}),
                response=raw(
                    {"TranscriptionJob": {"CreationTime": "2026-11-22T10:15:03.120Z", "Tags": [{"Key": "a"}]}}
                ),
                metadata=raw({"HTTPStatusCode": 200, "HTTPHeaders": {"content-type": "application/json"}}),
            ),
            Interaction(
                call="transcribe.GetTranscriptionJob",
                count=3,
                error=raw({"Code": "BadRequestException", "Message": "no"}),
                exception="BadRequestException",
                response=raw({"Blob": {"$base64": "AAECAw=="}, "Number": {"$float": "NaN"}}),
                incomplete="closed early",
            ),
        ],
    )
)

PIECES = [
    b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"true", b"-1", b"1e999", b"9" * 400, b"\\ud800", b"\\u0000",
    b"\x00", b"\xff", b"\xc3\x28", b"\xef\xbb\xbf",
    b"[" * 3000, b'{"a":' * 3000, b'"interactions"', b'"replayaws"', b"2", b"0", b'"call"', b'""',
    b"\n", b"\r\n", b"<<<<<<< HEAD\n", b"=======\n", b'"owner": 1,', b'"params": null,', b'"unknown": {},', b"NaN", b"1.0", b"\\",
]  # fmt: skip


def damaged(seed: random.Random) -> bytes:
    """A sound cassette with one to four injuries: cut, doubled, swapped, overwritten, or with foreign pieces."""
    text = bytearray(SOUND)
    for _ in range(seed.choice((1, 1, 1, 2, 3, 4))):
        start = seed.randrange(len(text) + 1)
        end = min(len(text), start + seed.choice((0, 1, 1, 2, 5, 30, 300)))
        kind = seed.randrange(7)
        if kind == 0:
            del text[start:end]
        elif kind == 1:
            text[start:end] = seed.choice(PIECES)
        elif kind == 2:
            text[start:start] = text[start:end]
        elif kind == 3:
            del text[start:]
        elif kind == 4 and start < len(text):
            text[start] = seed.randrange(256)
        elif kind == 5:
            lines = bytes(text).split(b"\n")
            one, other = seed.randrange(len(lines)), seed.randrange(len(lines))
            lines[one], lines[other] = lines[other], lines[one]
            text = bytearray(b"\n".join(lines))
        else:
            text[start:end] = seed.randbytes(seed.randrange(8))
    return bytes(text)


def use(cassette: Cassette) -> None:
    """Everything that replay asks of a cassette after loading."""
    for interaction in cassette.interactions:
        interaction.as_call()
        interaction.decoded_response()
        interaction.decoded_error()
        interaction.decoded_metadata()
    text = text_format.dumps(cassette)
    assert text_format.dumps(text_format.loads(text)) == text


def test_the_sound_one_loads() -> None:
    """What is damaged below is sound before."""
    use(text_format.loads(SOUND))


def test_damaged_cassettes(request: pytest.FixtureRequest) -> None:
    """Whatever happened to a file, loading it is a clear error naming the file, or gives a cassette that can be used."""
    examples = 100_000 if request.config.getoption("--run-whole-aws", default=False) else 2_000
    errors = loads = 0
    for number in range(examples):
        text = damaged(random.Random(number))
        try:
            cassette = text_format.loads(text, path="cassettes/a.json")
            loads += 1
            use(cassette)
        except CassetteError as error:
            errors += 1
            clear = bool(error.fix) and str(error).startswith(("cassettes/a.json", "a recorded payload"))
        else:
            clear = True
        assert clear, number
    assert errors > examples // 2
    assert loads > examples // 100


def test_random_bytes() -> None:
    """A file of anything else is an error."""
    for number in range(300):
        with pytest.raises(CassetteError):
            text_format.loads(random.Random(number).randbytes(number), path="cassettes/a.json")
