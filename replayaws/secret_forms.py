"""The forms by which a secret is known wherever it stands in a text, one row each.

Written down here rather than taken from a detector library: ``detect-secrets`` and its like look for suspicious lines
of source code (entropy, keywords) and answer with line numbers, while a recording needs the exact span, AWS's own forms
(signed URLs, session tokens, principal ids), no false alarm on the identifiers that AWS answers are full of, and a few
microseconds per call.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from replayaws.layers import OVERLAP, Layer
from replayaws.placeholders import is_placeholder

_TOKEN = re.compile(r"[A-Za-z0-9+/_-]+")
_HEAD = re.compile(r"[A-Za-z0-9]{1,3}")
_SIGN = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class SecretForm:
    """A form of secret.

    :param rule: id of the redaction rule that it belongs to.
    :param triggers: a text with none of these (lower case) has no secret of this form; for speed only.
    :param pattern: finds it; the group ``secret`` is what is secret, and what precedes it may not change.
    :param guarded: whether the write guard refuses it when redaction left it, as it is never harmless.
    :param starts: how the secret begins, one of these, each followed by letters, digits or signs up to twelve at least.
    """

    rule: str
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]
    guarded: bool = True
    starts: tuple[str, ...] = ()

    def stands_in(self, layer: Layer) -> bool:
        """Whether a text has a secret of this form."""
        return self._starts_in(layer) if self.starts else self._is_triggered_in(layer)

    def _starts_in(self, layer: Layer) -> bool:
        for start in self.starts:
            at = layer.text.find(start) if _may_begin(start, layer) else -1
            while at >= 0:
                match = self.pattern.match(layer.text, at)
                if match is not None and not is_harmless(match["secret"]):
                    return True
                at = layer.text.find(start, at + 1)
        return False

    def _is_triggered_in(self, layer: Layer) -> bool:
        for trigger in self.triggers:
            sign = _SIGN.search(trigger)
            written = trigger.encode()
            at = layer.lowered.find(written) if sign is None or layer.has(sign[0].encode()) else -1
            while at >= 0:
                near = layer.data[max(0, at - OVERLAP) : at + 2 * OVERLAP].decode("utf-8", "ignore")
                if any(not is_harmless(match["secret"]) for match in self.pattern.finditer(near)):
                    return True
                at = layer.lowered.find(written, at + OVERLAP)
        return False

    def find(self, text: str, lowered: str) -> Iterator[re.Match[str]]:
        """The matches in a text that are neither placeholders nor AWS's documented examples."""
        if any(trigger in lowered for trigger in self.triggers):
            for match in self.pattern.finditer(text):
                if not is_harmless(match["secret"]):
                    yield match

    def replace(self, text: str, hide: Callable[[str], str]) -> str:
        """The text with each secret of this form replaced by what ``hide`` makes of it."""
        return spliced(text, self.find(text, text.lower()), hide)


def _may_begin(start: str, layer: Layer) -> bool:
    """Whether a secret may begin so in a text: most texts are asked for nothing else, so it is to be cheap."""
    if len(start) > 8 or not _TOKEN.fullmatch(start):
        return start.encode() in layer.data
    return _HEAD.findall(start)[0].encode() in layer.heads


def spliced(text: str, matches: Iterator[re.Match[str]], hide: Callable[[str], str]) -> str:
    """The text with the group ``secret`` of each match replaced."""
    parts, at = [], 0
    for match in matches:
        start, end = match.span("secret")
        if start >= at:
            parts += [text[at:start], hide(match["secret"])]
            at = end
    return "".join([*parts, text[at:]]) if parts else text


_HARMLESS = re.compile(
    r"[\s*x]*|true|false|null|none|undefined|\$\{.*|\{\{.*|\$\(.*|!\w+.*|<[^<>]*>|%s|%\(.*|arn:.*|[A-Z0-9]{9,14}EXAMPLE"
    r"|[\w/+]+EXAMPLEKEY|.*REDACTED.*|[\[{(].*",
    re.IGNORECASE | re.DOTALL,
)


def is_harmless(secret: str) -> bool:
    """Whether what stands where a secret would is none: empty, masked, a reference, a placeholder, a documented example."""
    return is_placeholder(secret) or _HARMLESS.fullmatch(secret) is not None


def _form(
    rule: str, triggers: str, pattern: str, *, flags: int = 0, guarded: bool = True, starts: Sequence[str] = ()
) -> SecretForm:
    return SecretForm(rule, tuple(triggers.split()), re.compile(pattern, flags), guarded, tuple(starts))


_QUERY = r"(?:=|%3D|%253D)(?P<secret>(?:(?!%26|%2526|%22|%20)[^&\s\"'<>\\#;,)])+)"
_START = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
_LABEL = r"(?:\\*[\"'])?\s*(?:[:=]|=>)\s*(?:\\*[\"'])?"
_VALUE = r"(?P<secret>[^\s\"'\\,;&<>()\[\]{}]{4,})"

FORMS: tuple[SecretForm, ...] = (
    _form(
        "private-key",
        "-----begin",
        r"(?P<secret>-----BEGIN (?P<label>[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?)-----(?:.*?-----END (?P=label)-----|.*))",
        flags=re.DOTALL,
    ),
    _form("jwt", "eyj", _START + r"(?P<secret>eyJ[\w-]{10,}\.[\w-]*\.[\w-]*(?:\.[\w-]*){0,2})", starts=["eyJ"]),
    _form("eks-token", "k8s-aws-v1.", r"k8s-aws-v1\.(?P<secret>[\w-]{16,})"),
    _form(
        "signed-url",
        "signature= signature%3d signature%253d token= token%3d token%253d",
        r"(?<![\w-])(?:X-Amz-Signature|X-Amz-Security-Token|X-Amz-S3session-Token|Signature|x-amz-signature|CloudFront-Signature)"
        + _QUERY,
        flags=re.IGNORECASE,
    ),
    _form(
        "signed-url",
        "accesskeyid= accesskeyid% key-pair-id= key-pair-id%",
        r"(?<![\w-])(?:AWSAccessKeyId|Key-Pair-Id)" + _QUERY,
        flags=re.IGNORECASE,
    ),
    _form(
        "signed-url", "credential=", r"\bCredential=(?P<secret>[^/%&\s\"'<>,;]+)(?=/|%2F|%252F)", flags=re.IGNORECASE
    ),
    _form("authorization", "signature=", r"\bSignature=(?P<secret>[0-9a-f]{64,})", flags=re.IGNORECASE),
    _form("authorization", "bearer", r"\bBearer\s+(?P<secret>[\w.~+/=-]{12,})", flags=re.IGNORECASE),
    _form("authorization", "basic", r"\bBasic\s+(?P<secret>[A-Za-z0-9+/]{12,}={0,2})(?=$|[\s\"',;<\\])"),
    _form("authorization", "aws ", r"\bAWS A[A-Z0-9]{19}:(?P<secret>[\w+/]{20,}={0,2})", starts=["AWS A"]),
    _form("url-password", "://", r"://[^\s/:@\"'<>]*:(?P<secret>[^\s/@\"'<>]+)@"),
    _form(
        "access-key",
        "akia asia abia acca",
        _START + r"(?P<secret>(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16})(?![A-Z0-9])",
        starts=["AKIA", "ASIA", "ABIA", "ACCA"],
    ),
    _form(
        "session-token",
        "iqojb3jpz2lu fwogzxivyxdz fqogzxivyxdz aqodyxdz",
        r"(?P<secret>(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz)(?:[\w+/-]|%2[BbFf]){40,}(?:=|%3[Dd]){0,2})",
        starts=["IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz", "AQoDYXdz"],
    ),
    _form(
        "secret-key",
        "secret",
        r"(?i:secret[_\s-]?(?:access)?[_\s-]?key)" + _LABEL + r"(?P<secret>[A-Za-z0-9/+=]{40})(?![A-Za-z0-9/+=])",
    ),
    _form(
        "bedrock-key", "absk bedrock-api-key-", r"(?<!\w)(?P<secret>(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/]{60,}={0,2})"
    ),
    _form(
        "service-token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox xapp- sk_live rk_live sk_test aiza npm_ pypi- sg. sk- hf_ dop_v1_ shp "
        "dapi lin_api_ sq0 ya29. ntn_ key- ops_",
        _START + r"(?P<secret>gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{60,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}"
        r"|xapp-\d-[\w-]{20,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{50,}"
        r"|SG\.[\w-]{16,32}\.[\w-]{30,64}|sk-(?:ant-|proj-|svcacct-)[\w-]{20,}|sk-[A-Za-z0-9]{40,}|hf_[A-Za-z0-9]{30,}"
        r"|dop_v1_[a-f0-9]{64}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|dapi[a-f0-9]{32}|lin_api_\w{40}|sq0(?:atp|csp)-[\w-]{22,}"
        r"|ya29\.[\w-]{30,}|ntn_[A-Za-z0-9]{40,})(?![A-Za-z0-9])",
        starts=[
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "xox",
            "xapp-",
            "sk_",
            "rk_",
            "AIza",
            "npm_",
            "pypi-",
            "SG.",
            "sk-",
            "hf_",
            "dop_v1_",
            "shp",
            "dapi",
            "lin_api_",
            "sq0",
            "ya29.",
            "ntn_",
        ],
    ),
    _form("service-token", "hooks.slack", r"hooks\.slack\.com/(?:services|workflows)/(?P<secret>[\w/]{20,})"),
    _form("service-token", "api/webhooks/", r"discord(?:app)?\.com/api/webhooks/\d+/(?P<secret>[\w-]{40,})"),
    _form(
        "labelled-secret",
        "passw pwd passphrase secret apikey api_key api-key access_token accesstoken auth_token authtoken refresh_token "
        "id_token x-amz-security-token private_key accountkey",
        r"(?:passw(?:or)?d|pwd|passphrase|client[_-]?secret|secret[_-]?key|secret[_-]?access[_-]?key"
        r"|api[_-]?key|(?:access|auth|refresh|id|bearer|session|x-amz-security)[_-]?token|accountkey)"
        + _LABEL
        + _VALUE,
        flags=re.IGNORECASE,
        guarded=False,
    ),
    _form(
        "labelled-secret",
        "</",
        r"<(?:\w+:)?(?P<name>[\w-]*(?:Password|SecretAccessKey|SessionToken|ClientSecret|AccessToken|ApiKey|AuthorizationToken))"
        r"\b[^<>]*>(?P<secret>[^<>]+)</",
        flags=re.IGNORECASE,
        guarded=False,
    ),
    _form(
        "principal-id",
        "aida aroa agpa aipa",
        _START + r"(?P<secret>(?:AIDA|AROA|AGPA|AIPA)[A-Z0-9]{16,17})(?![A-Z0-9])",
        guarded=False,
    ),
    _form("caller-identity", "redacted", r"A[A-Z]{3}REDACTED[A-Z]{8,9}:(?P<secret>[\w+=,.@-]{2,64})", guarded=False),
    _form("caller-identity", "assumed-role/", r"assumed-role/[^/\s]+/(?P<secret>[\w+=,.@-]{2,64})", guarded=False),
    _form(
        "canonical-user", "id=", r"\bid=[\"']?(?P<secret>[0-9a-f]{64})(?![0-9a-f])", flags=re.IGNORECASE, guarded=False
    ),
)


_EMAIL = re.compile(
    r"(?<![\w.+%@:-])(?P<secret>[A-Za-z0-9][\w.+%-]{0,63}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})(?![\w@-])"
)
_DOCUMENTED_DOMAINS = re.compile(
    r"(?:.*[@.])?(?:example\.(?:com|net|org|edu)|example|invalid|test|localhost|local|amazonses\.com|amazonaws\.com|internal)",
    re.IGNORECASE,
)


def find_emails(text: str) -> Iterator[re.Match[str]]:
    """E-mail addresses of a text, other than in the domains reserved for documentation and ``git@`` of repository URLs."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            user, _, domain = match["secret"].rpartition("@")
            if user != "git" and not _DOCUMENTED_DOMAINS.fullmatch(domain):
                yield match


_IPV4 = re.compile(r"(?<![\w.])(?P<secret>(?:\d{1,3}\.){3}\d{1,3})(?![\w]|\.\d)(?:/(?P<prefix>\d{1,2})(?!\d))?")
_SMALL_NETWORK = 24
"""Networks larger than this are plans, not anybody's address."""
_IPV4_DASHED = re.compile(r"\bec2-(?P<secret>(?:\d{1,3}-){3}\d{1,3})(?=\.)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?P<secret>(?:[0-9a-fA-F]{1,4}:){2,7}(?::|[0-9a-fA-F]{1,4}|(?::[0-9a-fA-F]{1,4}){1,5}))(?![\w:])"
)
_WELL_KNOWN = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "1.2.3.4", "4.3.2.1"})
_BENCHMARK = ipaddress.ip_network("198.18.0.0/15")


def find_addresses(text: str) -> Iterator[re.Match[str]]:
    """Public IP addresses of a text; private, reserved, documentation and well-known resolvers' ones stay."""
    if text.count(".") >= 3:
        for match in _IPV4.finditer(text):
            if _is_public(match["secret"]) and int(match["prefix"] or 32) >= _SMALL_NETWORK:
                yield match
    if "ec2-" in text:
        for match in _IPV4_DASHED.finditer(text):
            if _is_public(match["secret"].replace("-", ".")):
                yield match
    if text.count(":") >= 3:
        for match in _IPV6.finditer(text):
            if _is_public(match["secret"]):
                yield match


def _is_public(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if not address.is_global or address.is_multicast or text in _WELL_KNOWN:
        return False
    return address.version == 6 or not (address in _BENCHMARK or text.endswith(".0.0.0"))
