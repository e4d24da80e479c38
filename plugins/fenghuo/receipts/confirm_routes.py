"""``GET|POST /confirm`` and ``/confirm/{token}``: the answer for those who cannot text back.

Looking never acts: link scanners open every address in a mail, so GET and HEAD change nothing and
a POST needs the code from the text. Wrong codes are counted by address of origin and by code.
Whoever has answered is given ``/confirm/{token}/proof``: the file that proves it, by the ledger.
"""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from fenghuo import ledger
from fenghuo.channels import tokens
from fenghuo.receipts import confirming
from fenghuo.receipts.answers import LARGEST
from fenghuo.receipts.front import Front
from fenghuo.receipts.pages import HEADERS, language_of, page
from fenghuo.words import Answer

_FORM_BYTES = 4096
SEALS_AFTER = "60"
"""Seconds until the next watch has sealed an answer."""
PROOF = "fenghuo-proof.jsonl"
FORGED, GONE = 403, 410
"""What a link is answered that is not of this house, or works no more."""


def routes(front: Front) -> APIRouter:
    """The confirm page, with and without a link."""
    router = APIRouter()

    @router.api_route("/confirm", methods=["GET", "HEAD"])
    def ask(request: Request) -> Response:
        return page(_language(request), front.settings.zone, phone=True)

    @router.api_route("/confirm/{token}", methods=["GET", "HEAD"])
    def ask_by_link(token: str, request: Request) -> Response:
        return front.guarded(lambda: _by_link(front, token, request, None))

    @router.api_route("/confirm/{token}/proof", methods=["GET", "HEAD"])
    def prove(token: str, request: Request) -> Response:
        return front.guarded(lambda: _proof(front, token, request))

    @router.post("/confirm")
    async def take(request: Request) -> Response:
        form = await _form(request)
        return await run_in_threadpool(front.guarded, lambda: _by_code(front, request, form))

    @router.post("/confirm/{token}")
    async def take_by_link(token: str, request: Request) -> Response:
        form = await _form(request)
        return await run_in_threadpool(
            front.guarded, lambda: _by_link(front, token, request, form))

    return router


def _by_code(front: Front, request: Request, form: dict[str, str]) -> Response:
    language, zone = _language(request), front.settings.zone
    word, keys = form.get("code", ""), _keys(request, form.get("code", ""))
    if seconds := front.brake.wait(*keys):
        return page(language, zone, word="wait", status=429, form=False,
                    headers={"Retry-After": str(int(seconds) + 1)})
    said = _said(form)
    if said is None:
        return page(language, zone, word="choose", status=400, phone=True)
    now = front.clock.now()
    with front.writing() as connection:
        asked = confirming.by_code(connection, word, form.get("phone", ""))
        done = confirming.confirm(connection, asked, *said, now) if asked else None
    if asked is None or done is None:
        front.brake.fault(*keys)
        return page(language, zone, word="wrong", status=403, phone=True)
    return _thanks(front, asked, done)


def _by_link(front: Front, token: str, request: Request, form: dict[str, str] | None) -> Response:
    """The page of a link; ``form`` None only looks."""
    language, zone = _language(request), front.settings.zone
    notice = _notice(front, token)
    with front.reading() as connection:
        asked = None if isinstance(notice, int) else confirming.by_link(connection, notice)
        first = confirming.first_answer(connection, asked) if asked else None
    if asked is None:
        return _no_link(request, front, notice)
    language = language_of("", asked.language)
    if form is None:
        return page(language, zone, text=asked.text, first=first,
                    proof=_proof_path(front, asked.notice) if first else None)
    keys = _keys(request, asked.notice)
    if seconds := front.brake.wait(*keys):
        return page(language, zone, word="wait", status=429, form=False,
                    headers={"Retry-After": str(int(seconds) + 1)})
    said = _said(form)
    if said is None:
        return page(language, zone, word="choose", status=400, text=asked.text)
    now = front.clock.now()
    with front.writing() as connection:
        good = confirming.owns(connection, asked, form.get("code", ""))
        done = confirming.confirm(connection, asked, *said, now) if good else None
    if done is None:
        front.brake.fault(*keys)
        return page(language, zone, word="wrong", status=403, text=asked.text)
    return _thanks(front, asked, done)


def _thanks(front: Front, asked: confirming.Asked, done: confirming.Confirmed) -> Response:
    word = "thanks" if done.closed else "already" if done.first else "closed"
    return page(language_of("", asked.language), front.settings.zone, word=word, good=True,
                form=False, first=done.first,
                proof=_proof_path(front, asked.notice) if done.first else None)


def _proof(front: Front, token: str, request: Request) -> Response:
    """The file that proves the answers of a link's person to whoever has the public key."""
    zone, notice = front.settings.zone, _notice(front, token)
    with front.reading() as connection:
        asked = None if isinstance(notice, int) else confirming.by_link(connection, notice)
        given = confirming.own_answers(connection, asked) if asked else []
        if asked is None:
            return _no_link(request, front, notice)
        if not given:
            return page(_language(request), zone, word="gone", status=404, form=False)
        try:
            proofs = ledger.prove_answers(connection, given)
        except ledger.NotSealed:
            return page(language_of("", asked.language), zone, word="unsealed", status=503,
                        form=False, headers={"Retry-After": SEALS_AFTER})
    lines = "".join(json.dumps(proof, ensure_ascii=False) + "\n" for proof in proofs)
    return Response(lines, media_type="application/x-ndjson", headers={
        **HEADERS, "Content-Disposition": f'attachment; filename="{PROOF}"'})


def _notice(front: Front, token: str) -> str | int:
    """The notice of a link; of one that is none the status to answer with."""
    try:
        return tokens.read(front.key, token) if front.key else FORGED
    except tokens.Forged:
        return FORGED
    except tokens.Expired:
        return GONE


def _no_link(request: Request, front: Front, found: str | int) -> Response:
    return page(_language(request), front.settings.zone, word="gone", form=False,
                status=found if isinstance(found, int) else GONE)


def _proof_path(front: Front, notice: str) -> str | None:
    if front.key is None:
        return None
    base = urlsplit(front.settings.public_url).path.rstrip("/")
    return f"{base}/confirm/{tokens.make(front.key, notice)}/proof"


def _said(form: dict[str, str]) -> tuple[Answer, int | None] | None:
    answer, number = form.get("answer", ""), form.get("number", "").strip()
    if answer not in set(Answer) or (number and not (number.isascii() and number.isdigit())):
        return None
    if len(number) > 9 or (number and int(number) > LARGEST):
        return None
    return Answer(answer), int(number) if number and answer == Answer.done else None


def _keys(request: Request, word: str) -> tuple[str, str]:
    host = request.client.host if request.client else "?"
    return f"from {host}", f"code {word.strip().casefold()[:40]}"


def _language(request: Request) -> str:
    return language_of(request.headers.get("accept-language", ""))


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_BYTES:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
