"""Thousands of secrets in what a server answers and in what is sent to it: a recording shows none of them, and replays."""

from __future__ import annotations

import pickle
import random
import string
from dataclasses import dataclass

import pytest

from replayaws import shapes
from tests.planting import SIDES, unpacked
from tests.worlds import Outcome, World

pytest.importorskip("moto.core.eventstream", reason="moto's response serializers are too old")

from tests.planted_answers import CARRIERS, Plan, Planner, PlantedServer, leaks
from tests.sweep.standin import Answer

SAMPLE = (
    "bedrock-runtime", "chime-sdk-voice", "cognito-idp", "ecs", "kms", "lambda", "location", "secretsmanager", "ssm",
    "sso-oidc", "workmail",
)  # fmt: skip

SUITE = """
import logging, os, pickle, urllib.request

import botocore, botocore.session, pytest
from botocore.config import Config
from botocore.exceptions import ClientError

logging.getLogger("replayaws").setLevel(logging.DEBUG)
with open(os.environ["PLAN"], "rb") as file:
    TESTS, ENDPOINT, UNRECORDED = pickle.load(file)
SESSION = botocore.session.Session()
CLIENTS = {}

def client_of(service):
    if service not in CLIENTS:
        unsigned = botocore.UNSIGNED if service in UNSIGNED else None
        config = Config(signature_version=unsigned, retries={"total_max_attempts": 1}, inject_host_prefix=False,
            parameter_validation=False,
            s3={"addressing_style": "path"})
        client = SESSION.create_client(service, region_name="us-east-1", endpoint_url=ENDPOINT, config=config)
        def stamp(request, **_):
            request.url = ENDPOINT + "/" + request.url.partition("://")[2].partition("/")[2]
            request.headers["x-planted"] = str(NUMBER[0])
        client.meta.events.register("before-send", stamp)
        CLIENTS[service] = client, {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
    return CLIENTS[service]

NUMBER = [0]
UNSIGNED = ("account-access-runtime", "cloudfront-keyvaluestore", "codecatalyst")  # bearer tokens, SigV4a

def consume(value):
    if isinstance(value, dict):
        for item in value.values():
            consume(item)
    elif hasattr(value, "read"):
        value.read()
    elif type(value).__name__ == "EventStream":
        list(value)

def make(place):
    call = TESTS[place[0]][place[1]]
    NUMBER[0] = call["number"]
    client, methods = client_of(call["service"])
    try:
        consume(getattr(client, methods[call["operation"]])(**call["params"]))
    except ClientError:
        pass

@pytest.mark.parametrize("name", TESTS)
def test_calls(name, replayaws):
    for index in range(len(TESTS[name])):
        make((name, index))
    print([call for call in replayaws.calls], replayaws, replayaws._owner, replayaws._owner.deck)
    assert len(replayaws.calls) == len(TESTS[name])

def test_plain_http():
    make((next(iter(TESTS)), 0))  # plain HTTP is looked at where an owner has called AWS
    url = f"{ENDPOINT}/bucket/key?{UNRECORDED['query']}"
    urllib.request.urlopen(urllib.request.Request(url, headers={"x-planted": "0"})).read()

def test_that_fails(replayaws):
    for name in TESTS:
        make((name, 0))
    print(replayaws.calls)
    assert not replayaws.calls, "stop"

if "UNRECORDED" in os.environ:
    def test_unrecorded():
        client, _ = client_of("sqs")
        client.send_message(QueueUrl="q", MessageBody=UNRECORDED["body"])

    def test_unrecorded_secret():
        client, _ = client_of("iam")
        client.create_login_profile(UserName="u", Password=UNRECORDED["password"])
"""


@dataclass(frozen=True)
class Recorded:
    """A project after its recording."""

    world: World
    outcome: Outcome
    plan: Plan
    server: PlantedServer
    environment: dict[str, str]


def plan_of(whole: bool) -> Plan:
    """Every form in every encoding, and sensitive shapes: of some services, or every one of botocore."""
    planner = Planner(20261122)
    planner.plant_forms(CARRIERS)
    planner.plant_shapes(shapes.services() if whole else SAMPLE, SIDES)
    return planner.plan


def letters(seed: random.Random, count: int) -> str:
    """Random letters and digits."""
    return "".join(seed.choices(string.ascii_letters + string.digits, k=count))


@pytest.fixture(scope="module")
def recorded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A recording of the whole plan, with one failing test."""
    whole = request.config.getoption("--run-whole-aws", default=False)
    folder, plan, seed = tmp_path_factory.mktemp("secrets"), plan_of(whole), random.Random(3)
    account, user, signature = "2" + "".join(seed.choices(string.digits, k=11)), letters(seed, 16), letters(seed, 40)
    key, secret_key, token = "ASIA" + letters(seed, 16).upper(), letters(seed, 40), letters(seed, 200)
    body, password = letters(seed, 20), letters(seed, 20)
    plan.secrets.update({secret_key: "live secret key", token: "live token", key: "live key id"})
    unrecorded = {"query": f"X-Amz-Signature={signature}", "body": f"password={body}", "password": password}
    plan.secrets.update(
        {body: "a labelled secret that misses", password: "a password that misses", signature: "plain HTTP"}
    )
    caller = (
        f"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>{account}</Account>"
        f"<Arn>arn:aws:iam::{account}:user/{user}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    plan.secrets.update({account: "the caller's account", user: "the caller's name"})
    with PlantedServer(plan.answers, Answer(200, {}, caller.encode())) as server:
        tests = {name: [vars(call) for call in calls] for name, calls in plan.tests.items()}
        file = folder / "plan.pickle"
        file.write_bytes(pickle.dumps((tests, server.url, unrecorded)))
        world = World(folder / "project")
        world.write(test_planted=SUITE)
        environment = {"PLAN": str(file)}
        live = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret_key, "AWS_SESSION_TOKEN": token}
        outcome = world.record(server.url, *SHOWN, **environment, **live)
        server.stop()
    return Recorded(world, outcome, plan, server, environment)


SHOWN = ("-v", "-rA", "--tb=long", "--junitxml=report.xml")


def without_header(text: str) -> str:
    """What a run said, less the line that tells whoever records who they are."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("replayaws: recording"))


def test_the_recording_is_whole(recorded: Recorded) -> None:
    """Every call is recorded: no secret is left for the write guard to stop at."""
    assert recorded.outcome.counts() == {"passed": len(recorded.plan.tests) + 1, "failed": 1}, recorded.outcome.text[
        -6000:
    ]
    assert len(recorded.plan.secrets) > 550


def test_no_secret_is_in_any_file(recorded: Recorded) -> None:
    """Cassettes, bodies beside them and reports hold no secret, in any encoding."""
    files = [path for path in recorded.world.folder.rglob("*") if path.is_file()]
    assert len(files) > len(recorded.plan.tests)
    assert leaks(b"\n".join(unpacked(path.read_bytes()) for path in files), recorded.plan.secrets) == []


def test_no_secret_is_shown(recorded: Recorded) -> None:
    """Neither the terminal nor a log shows a secret."""
    assert leaks(without_header(recorded.outcome.text).encode(), recorded.plan.secrets) == []


def test_all_of_it_replays(recorded: Recorded) -> None:
    """Offline, without moto, every call is answered by its recording."""
    endpoint = {"AWS_ENDPOINT_URL": recorded.server.url}  # plain HTTP is AWS's only where it goes to AWS
    replayed = recorded.world.replay(
        "--aws-fallback=error", "-k", "not fails", "-v", "-rA", **recorded.environment, **endpoint
    )
    assert replayed.counts() == {"passed": len(recorded.plan.tests) + 1}, replayed.text[-6000:]
    assert leaks(replayed.text.encode(), recorded.plan.secrets) == []


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_a_miss_shows_no_secret(recorded: Recorded, workers: tuple[str, ...]) -> None:
    """The explanation of a miss, its traceback and a worker's report show no secret of the call that misses."""
    if workers:
        pytest.importorskip("xdist")
    replayed = recorded.world.replay(
        "--aws-fallback=error", "-k", "unrecorded", *SHOWN, *workers, **recorded.environment, UNRECORDED="1"
    )
    assert replayed.counts()["failed"] == 2, replayed.text[-6000:]
    assert "iam.CreateLoginProfile" in replayed.text
    report = (recorded.world.folder / "report.xml").read_bytes()
    assert leaks(replayed.text.encode() + unpacked(report), recorded.plan.secrets) == []
