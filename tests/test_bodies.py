"""Streaming bodies: the program reads the same live, while recording, and replayed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import IncompleteReadError
from botocore.httpchecksum import StreamingChecksumBody
from botocore.response import StreamingBody

from replayaws import bodies, codec, shapes, sidecars
from replayaws.errors import CassetteError, MissError
from tests.cases.reading import CLOSED, PART, WHOLE
from tests.scripted import Reply, scripted
from tests.streams import Recording, client, outcome

LINES = b"".join(b"line %d, \xe9\r\n" % number for number in range(2500))
CONTENT = {
    "empty": b"",
    "small": b"short text",
    "json": json.dumps({"a": [1, 2.5, None]}).encode(),
    "gzip": gzip.compress(LINES, mtime=0),
    "large": LINES,
}
GET = {"Bucket": "media", "Key": "a"}


def get(s3: Any) -> Any:
    return s3.get_object(**GET)["Body"]


@pytest.mark.parametrize("way", WHOLE)
def test_whole(way: str, tmp_path: Path) -> None:
    """Each way of reading gives the same live, while recording and replayed, and the recording is whole."""
    recording, reply = Recording(tmp_path), Reply()
    with scripted(lambda _: reply) as url:
        live, recorder, player = client("s3", url), client("s3", url, recording), recording.replayed("s3")
        for name, data in CONTENT.items():
            for pieces in (data, [data[:5], data[5:9], data[9:]]):
                reply.body = pieces if data else data
                reply.headers = {"Content-Encoding": "gzip"} if name == "gzip" else {}
                expected = outcome(WHOLE[way], get(live))
                assert outcome(WHOLE[way], get(recorder)) == expected, name
                assert sidecar_or_inline(recording.finish(), tmp_path) == data
                assert recording.incomplete is None
                assert outcome(WHOLE[way], get(player)) == expected, name


@pytest.mark.parametrize("way", PART)
def test_part(way: str, tmp_path: Path) -> None:
    """A body that the program read in part, or not at all, is recorded whole when its owner ends."""
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(LINES)) as url:
        body = get(client("s3", url, recording))
        live = PART[way](body)
        assert sidecar_or_inline(recording.finish(), tmp_path) == LINES
    assert recording.incomplete is None
    assert PART[way](get(recording.replayed("s3"))) == live
    assert get(recording.replayed("s3")).read() == LINES


@pytest.mark.parametrize("way", CLOSED)
def test_closed(way: str, tmp_path: Path) -> None:
    """A body closed before its end is recorded as incomplete; replay gives what there is and refuses the rest."""
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(LINES)) as url:
        live = outcome(CLOSED[way], get(client("s3", url, recording)))
        recording.finish()
    assert recording.incomplete is not None
    assert recording.incomplete.startswith("closed by the program after ")
    assert recording.incomplete.endswith(f" of {len(LINES)} bytes")
    assert outcome(CLOSED[way], get(recording.replayed("s3"))) == live
    with pytest.raises(MissError, match=r"s3\.GetObject: the program reads on .*--record-aws=all"):
        get(recording.replayed("s3")).read()


def test_read_on_after_the_end_of_the_owner(tmp_path: Path) -> None:
    """The rest that was drained at the owner's end is still there for whoever holds the body."""
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(LINES)) as url:
        body = get(client("s3", url, recording))
        first = body.read(1000)
        recording.finish()
    assert first + body.read() == LINES


def test_let_go_of_unread(tmp_path: Path) -> None:
    """A body that the program let go of unread is fetched at the next call, not held until the end."""
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(LINES)) as url:
        get(client("s3", url, recording))
        bodies.take_abandoned()
    assert sidecar_or_inline(recording.finish(), tmp_path) == LINES
    assert recording.incomplete is None


def test_connection_that_ends_early(tmp_path: Path) -> None:
    """A connection that breaks within a body fails for the program as without us, and the recording says so."""
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(b"half", length=8)) as url:
        with pytest.raises(IncompleteReadError):
            list(get(client("s3", url)))
        with pytest.raises(IncompleteReadError):
            list(get(client("s3", url, recording)))
        recording.finish()
    assert recording.incomplete == "the connection ended after 4 of 8 bytes"
    with pytest.raises(MissError, match="ended after 4 of 8"):
        list(get(recording.replayed("s3")))


def test_endless_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body without a length, such as a live video, is not read for ever at the owner's end."""
    monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.2)

    def video() -> Any:
        for _ in range(400):
            yield b"frame"
            time.sleep(0.02)

    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(video())) as url:
        assert get(client("s3", url, recording)).read(5) == b"frame"
        began = time.monotonic()
        recording.finish()
        assert time.monotonic() - began < 2
    assert recording.incomplete is not None
    assert recording.incomplete.startswith("still arriving when the recording ended, after ")
    assert get(recording.replayed("s3")).read(5) == b"frame"


def test_error_has_no_body(tmp_path: Path) -> None:
    """An error of an operation that streams is left as it is."""
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(b"<Error><Code>NoSuchKey</Code></Error>", status=404)) as url:
        s3 = client("s3", url, recording)
        with pytest.raises(s3.exceptions.NoSuchKey):
            s3.get_object(**GET)
    assert recording.tap is None


def test_kind_of_body(tmp_path: Path) -> None:
    """Replay hands out botocore's own class, also where a checksum was validated."""
    checksum = base64.b64encode(zlib.crc32(LINES).to_bytes(4, "big")).decode()
    for headers, kind in (({}, StreamingBody), ({"x-amz-checksum-crc32": checksum}, StreamingChecksumBody)):
        recording = Recording(tmp_path)
        with scripted(lambda _, headers=headers: Reply(LINES, headers=headers)) as url:  # type: ignore[misc]
            live = get(client("s3", url, recording))
            recording.finish()
        replayed = get(recording.replayed("s3"))
        assert type(replayed) is type(live) is kind
        assert replayed.read() == LINES


def test_changed_by_hand(tmp_path: Path) -> None:
    """A body that a hand or redaction changed replays: length and checksum of the recording give way to it."""
    checksum = base64.b64encode(zlib.crc32(b"token 1234567").to_bytes(4, "big")).decode()
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(b"token 1234567", headers={"x-amz-checksum-crc32": checksum})) as url:
        get(client("s3", url, recording)).read()
        assert recording.finish() == "token 1234567"
    recording.written = "token ***"
    answer = recording.replayed("s3").get_object(**GET)
    assert isinstance(answer["Body"], StreamingChecksumBody)
    assert answer["Body"].read() == b"token ***"
    assert answer["ContentLength"] == 9
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "9"


@pytest.mark.parametrize("size", [0, codec.INLINE_LIMIT, codec.INLINE_LIMIT + 1, 3_000_000])
def test_inline_or_beside(size: int, tmp_path: Path) -> None:
    """A body up to the limit stands in the cassette, a larger one in a file named for its content."""
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    recording = Recording(tmp_path)
    with scripted(lambda _: Reply(data, headers={"Content-Type": "audio/mpeg"})) as url:
        get(client("s3", url, recording)).read()
        written = recording.finish()
    if size <= codec.INLINE_LIMIT:
        assert codec.blob_bytes(written) == data
        assert not list(tmp_path.iterdir())
    else:
        name = f"0000-{hashlib.sha256(data).hexdigest()[:8]}.bin"
        assert written == {"$file": name, "$size": size}
        assert (tmp_path / name).read_bytes() == data


@pytest.mark.parametrize(
    ("content_type", "extension"),
    [("text/csv", ".csv"), ("application/json; charset=utf-8", ".json"), ("audio/mpeg", ".mp3"), ("", ".bin")],
)
def test_name_of_file(content_type: str, extension: str, tmp_path: Path) -> None:
    """A body's file has the extension of its content type, the same on every machine."""
    spool = sidecars.Spool(None)
    spool.write(bytes(codec.INLINE_LIMIT + 1))
    _, path = sidecars.write(spool.taken("Body", None), tmp_path, number=12, content_type=content_type)
    assert path is not None
    assert path.name.startswith("0012-")
    assert path.suffix == extension


def test_spooled_file_goes_with_its_recording(tmp_path: Path) -> None:
    """A recording that nobody writes leaves no file behind."""
    spool = sidecars.Spool(tmp_path)
    spool.write(bytes(codec.INLINE_LIMIT + 1))
    assert len(list(tmp_path.iterdir())) == 1
    spool.close()
    del spool
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "..", "", "a/b", "a\\b", "link", "gone", "other size"])
def test_file_that_cannot_be_used(name: str, tmp_path: Path) -> None:
    """A file that is missing, has another size or lies elsewhere is an error that names the file and the fix."""
    folder = tmp_path / "cassette.files"
    folder.mkdir()
    (tmp_path / "outside").write_bytes(b"12345")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "other size").write_bytes(b"1234")
    model = shapes.operation_model("s3", "GetObject")
    with pytest.raises(CassetteError, match=r"cassette\.files.*(version control|record again)"):
        bodies.maker({"ResponseMetadata": {}}, model, {"$file": name, "$size": 5}, folder=folder)


@pytest.mark.parametrize(
    "written", [{"$base64": "*"}, {"$file": "a"}, {"$file": 1, "$size": 1}, 5, None, [], {"$sha256": ""}]
)
def test_damaged_written_form(written: Any, tmp_path: Path) -> None:
    """A body whose written form is damaged is an error of the cassette, not of Python."""
    with pytest.raises(CassetteError):
        bodies.maker({"ResponseMetadata": {}}, shapes.operation_model("s3", "GetObject"), written, folder=tmp_path)


def test_every_model_that_streams() -> None:
    """The streaming member is found in all models: as many blobs and event streams as botocore itself counts."""
    found = {"blob": 0, "events": 0}
    for service in shapes.services():
        model = shapes.service_model(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            member = bodies.streaming_member(operation)
            assert (member is not None) == bool(operation.has_streaming_output or operation.has_event_stream_output)
            if member:
                found["events" if operation.has_event_stream_output else "blob"] += 1
    assert found["blob"] >= 48
    assert found["events"] >= 4


def sidecar_or_inline(written: Any, folder: Path) -> bytes:
    """The bytes of a body in written form."""
    if isinstance(written, dict) and "$file" in written:
        return (folder / written["$file"]).read_bytes()
    return codec.blob_bytes(written)
