"""``FENGHUO_GATEWAY_SECRETS``: a bad one is refused by its gateway's name, never by its value."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from fenghuo.channels.secrets import Secret, secret_of
from fenghuo.cli import app
from fenghuo.settings import BadSetting, Settings

NAME = "FENGHUO_GATEWAY_SECRETS"


def test_a_secret_is_taken_apart_and_its_signs_are_unescaped(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, '{"tencent": "https://AK%3A1:s%2Fcret@127.0.0.1:4010/ap-beijing?x=1"}')
    found = secret_of(Settings(), "tencent")
    assert found == Secret("https://127.0.0.1:4010", "AK:1", "s/cret", "ap-beijing", "x=1")
    assert "s/cret" not in repr(found)
    assert secret_of(Settings(), "aliyun") is None


def test_a_house_without_the_variable_has_no_such_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "")
    assert Settings().gateway_secrets == {}
    assert not Settings().live


@pytest.mark.parametrize(("value", "said"), [
    ("s3cret", "found no JSON object"),
    ('{"aliyun": "https://a:s3cret@h", "aliyun": "https://b:s3cret@h"}', "each gateway once"),
    ('["https://a:s3cret@host"]', "found no object"),
    ('{"Not A Name s3cret": "https://a:b@host"}', "found a name that is no gateway's"),
    ('{"aliyun": "a:s3cret@host"}', "gateway aliyun: found an address without scheme or host"),
    ('{"aliyun": "https://a:s3cret@"}', "gateway aliyun: found an address without scheme or host"),
    ('{"aliyun": "https://a:s3cret@h:99999"}', "gateway aliyun: found an address that is broken"),
    ('{"aliyun": "https://a:s3cret@ho st"}', "gateway aliyun: found blanks"),
    ('{"aliyun": {"login": "s3cret"}}', "gateway aliyun: found blanks"),
    ('{"aliyun": null}', "gateway aliyun: found an address without"),
])
def test_a_bad_secret_is_refused_by_name_and_its_value_is_never_shown(
        value: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(BadSetting) as refused:
        Settings()
    assert NAME in str(refused.value)
    assert said in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
    shown = CliRunner().invoke(app, ["notices"])
    assert shown.exit_code == 2
    assert "s3cret" not in shown.output
    assert said in shown.output


def test_a_secret_given_in_code_is_held_to_the_same() -> None:
    with pytest.raises(BadSetting, match="gateway robot: found an address without"):
        Settings(gateway_secrets={"robot": SecretStr("key")})


def test_gateways_are_made_anew_when_a_secret_changes() -> None:
    def settings(password: str) -> Settings:
        return Settings(gateway_secrets={"robot": SecretStr(f"https://a:{password}@host")})

    assert len({settings("old"), settings("old"), settings("new")}) == 2
