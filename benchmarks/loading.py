"""What a cassette of 20,000 interactions costs: to load, in the file, in memory; and the first call from it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure

SIZE = 20_000


def measure(folder: Path, *, size: int = SIZE) -> list[Figure]:
    """Both are written from the same traffic: jobs, started and polled."""
    ours, theirs = folder / "large.json", folder / "large.yaml"
    _write(ours, theirs, size)
    loaded = {way: _in_process(way, str(path)) for way, path in (("ours", ours), ("vcrpy", theirs))}
    seconds = {way: one["seconds"] for way, one in loaded.items()}
    sizes = {"ours": ours.stat().st_size / 2**20, "vcrpy": theirs.stat().st_size / 2**20}
    memory = {
        "ours": loaded["ours"]["above"],
        "the file": ours.stat().st_size / 2**20,
        "vcrpy": loaded["vcrpy"]["above"],
    }
    return [
        Figure("loading", f"load {size:,} interactions", "s", seconds, {"vcrpy": 1 / 15}),
        Figure("loading", f"file of {size:,} interactions", "MiB", sizes, {"vcrpy": 1}),
        Figure("loading", f"memory of {size:,} interactions", "MiB", memory, {"the file": 3}),
    ]


def _in_process(way: str, path: str) -> dict[str, Any]:
    done = [
        subprocess.run([sys.executable, "-m", "benchmarks.loading", way, path], capture_output=True, check=True)
        for _ in range(3 if way == "ours" else 1)
    ]
    return min((json.loads(one.stdout) for one in done), key=lambda one: float(one["seconds"]))


def _write(ours: Path, theirs: Path, size: int) -> None:
    import yaml

    from replayaws import format
    from replayaws.cassette import Cassette, Provenance
    from replayaws.interaction import Interaction, raw

    interactions, requests = [], []
    for number in range(size):
        name = f"job-{number // 4}"
        params = {"TranscriptionJobName": name}
        job = {
            "TranscriptionJobName": name,
            "TranscriptionJobStatus": ("QUEUED", "IN_PROGRESS", "IN_PROGRESS", "COMPLETED")[number % 4],
            "LanguageCode": "en-US",
            "Media": {"MediaFileUri": f"s3://media/{name}.wav"},
            "Settings": {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 2},
            "Tags": [{"Key": f"key-{one}", "Value": f"value-{number}-{one}"} for one in range(10)],
        }
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": f"{number:032x}"}
        metadata = {"RequestId": f"{number:032x}", "HTTPStatusCode": 200, "HTTPHeaders": headers}
        interactions.append(
            Interaction(
                call="transcribe.GetTranscriptionJob",
                region="us-east-1",
                seconds=float(number),
                took=0.1,
                params=raw(params),
                response=raw({"TranscriptionJob": job}),
                metadata=raw(metadata),
            )
        )
        requests.append(
            {
                "request": {
                    "body": json.dumps(params),
                    "headers": {
                        "Content-Type": ["application/x-amz-json-1.1"],
                        "User-Agent": [
                            "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux md/arch#x86_64 lang/python#3.11.7"
                        ],
                        "X-Amz-Target": ["Transcribe.GetTranscriptionJob"],
                        "X-Amz-Date": ["20261122T101503Z"],
                        "Authorization": ["AWS4-HMAC-SHA256 redacted"],
                        "amz-sdk-invocation-id": [f"{number:032x}"],
                    },
                    "method": "POST",
                    "uri": "https://transcribe.us-east-1.amazonaws.com/",
                },
                "response": {
                    "body": {"string": json.dumps({"TranscriptionJob": job})},
                    "headers": {name: [value] for name, value in headers.items()},
                    "status": {"code": 200, "message": "OK"},
                },
            }
        )
    recorded = Provenance(at="2026-11-22T10:15:03Z", source="benchmark", botocore="1.44.5")
    ours.write_bytes(format.dumps(Cassette(replayaws=1, owner="large", recorded=recorded, interactions=interactions)))
    with theirs.open("w", encoding="utf-8") as file:
        yaml.dump({"interactions": requests, "version": 1}, file, Dumper=getattr(yaml, "CDumper", yaml.Dumper))


def _load(way: str, path: str) -> None:
    """In a process of its own: seconds, and MiB above what stood before."""
    from benchmarks.streaming import MIB, _peak

    if way == "ours":
        from replayaws import format

        Path(path).stat()
        base, begin = _peak(), time.process_time()
        kept: Any = format.loads(Path(path).read_bytes())
    else:
        import vcr.serializers.yamlserializer as serializer
        from vcr.persisters.filesystem import FilesystemPersister

        base, begin = _peak(), time.process_time()
        kept = FilesystemPersister.load_cassette(path, serializer)
    print(
        json.dumps(
            {"seconds": time.process_time() - begin, "above": (_peak() - base) / MIB, "kept": len(str(type(kept)))}
        )
    )


if __name__ == "__main__":
    _load(*sys.argv[1:3])
