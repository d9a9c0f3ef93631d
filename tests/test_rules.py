"""The rules of redaction: which hold, the user's own, and what is wrong with one."""

from __future__ import annotations

from typing import Any

import pytest

from replayaws import shapes
from replayaws.errors import OptionError
from replayaws.redaction import Redactor
from replayaws.rules import Rules, builtin

SEND = shapes.operation_model("sqs", "SendMessage")


def body(rule: dict[str, Any], text: str) -> Any:
    """What one rule leaves of the body of a message."""
    return Redactor(Rules.from_options([rule])).params({"MessageBody": text}, SEND)["MessageBody"]


OWN = [
    ("a literal", {"literal": "swordfish"}, "the swordfish swims", "the REDACTED-1 swims"),
    ("a pattern", {"pattern": r"order-\d+"}, "see order-77 and order-78", "see REDACTED-1 and REDACTED-2"),
    ("a group of a pattern", {"pattern": r"pin (?P<secret>\d+)"}, "pin 1234 set", "pin REDACTED-1 set"),
    ("a path", {"path": "MessageBody"}, "all of it", "REDACTED-1"),
    ("a placeholder", {"literal": "swordfish", "placeholder": "tuna"}, "the swordfish swims", "the tuna swims"),
    ("an operation", {"literal": "swordfish", "on": "sqs.*"}, "the swordfish swims", "the REDACTED-1 swims"),
    ("another operation", {"literal": "swordfish", "on": "sns.*"}, "the swordfish swims", "the swordfish swims"),
]


@pytest.mark.parametrize(("title", "rule", "text", "expected"), OWN, ids=[title for title, *_ in OWN])
def test_a_rule_of_the_users(title: str, rule: dict[str, Any], text: str, expected: str) -> None:
    """The user's rule hides what it selects, with a numbered placeholder or the given one."""
    assert body(rule, text) == expected


def test_a_path_into_lists_and_numbers() -> None:
    """A JMESPath selects strings and numbers at any depth, filters included."""
    rules = Rules.from_options([{"path": "Items[?Kind=='card'].Number", "on": "*"}])
    value = {"Items": [{"Kind": "card", "Number": 77}, {"Kind": "coin", "Number": 5}]}
    assert Redactor(rules).response(value, None) == {
        "Items": [{"Kind": "card", "Number": 0}, {"Kind": "coin", "Number": 5}]
    }


def test_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value of a variable is hidden; a variable that is not set hides nothing."""
    rule = {"env": "DB_LOGIN"}
    assert body(rule, "login swordfish") == "login swordfish"
    monkeypatch.setenv("DB_LOGIN", "swordfish")
    assert body(rule, "login swordfish") == "login REDACTED-1"


def test_keeping_a_rule_off() -> None:
    """A rule that is kept off does nothing, everywhere or in the operations named."""
    text = "jane@corp.io"
    assert Redactor(Rules(["email"])).text(text) == text
    assert Redactor(Rules(["email:sqs.*"])).params({"MessageBody": text}, SEND) == {"MessageBody": text}
    assert Redactor(Rules(["email:sns.*"])).params({"MessageBody": text}, SEND) == {
        "MessageBody": "redacted-1@example.com"
    }


def test_sensitive_members_can_be_kept() -> None:
    """What the model marks is kept where the user says so."""
    model = shapes.operation_model("kms", "Encrypt")
    written = {"KeyId": "k", "Plaintext": "plain"}
    assert Redactor(Rules(["model-sensitive:kms.*"])).params(written, model) == written


WRONG = [
    ({"redact": [{"literl": "x"}]}, "no setting 'literl'", "literal"),
    ({"redact": [{"literal": "x", "pattern": "y"}]}, "exactly one of", "pattern and literal"),
    ({"redact": [{"id": "pin"}]}, "rule 'pin' needs exactly one", "none"),
    ({"redact": [{"id": "pin", "pattern": "("}]}, "rule 'pin'", "no regular expression"),
    ({"redact": [{"pattern": "a*"}]}, "rule-1", "matches the empty text"),
    ({"redact": [{"path": "a..b"}]}, "rule-1", "no JMESPath"),
    ({"redact": [{"env": "A B"}]}, "rule-1", "environment variable"),
    ({"redact": [{"literal": 5}]}, "rule-1", "not a text"),
    ({"redact": ["x"]}, "rule 1", "not a table"),
    ({"redact": [{"id": "email", "literal": "x"}]}, "email", "builtin"),
    ({"keep": ["emial"]}, "'emial'", "'email'"),
]


@pytest.mark.parametrize(("settings", "named", "said"), WRONG, ids=[said for *_, said in WRONG])
def test_a_wrong_rule_is_named(settings: dict[str, Any], named: str, said: str) -> None:
    """A rule that is not understood is an error that names it and what would be."""
    with pytest.raises(OptionError) as raised:
        Rules.from_options(settings.get("redact", []), settings.get("keep", []))
    assert named in str(raised.value)
    assert said in str(raised.value)


def test_builtin_rules_have_ids_of_their_own() -> None:
    """Every builtin rule can be named, and says what it hides."""
    ids = [rule.id for rule in builtin()]
    assert len(set(ids)) == len(ids)
    assert all(rule.description for rule in builtin())
