"""The confirm page as HTML: plain, escaped, readable on a phone, in the reader's language.

No script, no cookie, nothing kept by the browser, nothing told to other sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
                               "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"}

SAY: dict[str, dict[str, Any]] = {
    "zh": {
        "lang": "zh-CN", "title": "预警确认", "code": "短信中的码（如 K47）",
        "phone": "手机号后四位", "which": "答复", "number": "撤离人数（选3时填写）",
        "send": "确认答复", "answers": (
            ("1", "收到"), ("2", "已启动"), ("3", "已完成"), ("4", "不是我／已调离"),
            ("5", "已停产无人"), ("9", "求助")),
        "first": "首次答复：{person}，{at}，答复 {answer}",
        "thanks": "已记录你的答复，谢谢。", "already": "此前已经确认，无需再次答复。",
        "closed": "目前没有需要你答复的预警。", "wrong": "码或手机号不符，请核对短信。",
        "choose": "请选择一个答复；人数只填数字。",
        "wait": "尝试次数过多，请稍后再试，或直接回复短信。",
        "gone": "链接无效或已过期，请直接回复短信。",
        "proof": "下载答复证明",
        "kept": "约一分钟后可下载。凭市应急部门公布的公钥，任何人可离线核验。",
        "unsealed": "答复已记录，证明约一分钟后生成，请稍后再打开。"},
    "en": {
        "lang": "en", "title": "Confirm a warning", "code": "Code in the text (like K47)",
        "phone": "Last four digits of your phone", "which": "Answer",
        "number": "People withdrawn (with answer 3)", "send": "Send answer", "answers": (
            ("1", "received"), ("2", "measures started"), ("3", "measures done"),
            ("4", "not me / moved on"), ("5", "shut and empty"), ("9", "need help")),
        "first": "First answered by {person} at {at}: {answer}",
        "thanks": "Your answer is recorded. Thank you.",
        "already": "This was confirmed before; nothing more is needed.",
        "closed": "Nothing waits for your answer now.",
        "wrong": "Code or phone does not match; please check the text.",
        "choose": "Please choose an answer; the number takes digits only.",
        "wait": "Too many tries; please wait, or answer the text itself.",
        "gone": "This link is invalid or has expired; please answer the text itself.",
        "proof": "Download the proof of your answer",
        "kept": "Ready in about a minute. Anybody can check it with the bureau's public key.",
        "unsealed": "Your answer is recorded; its proof is made within a minute. Come again."},
}


@lru_cache
def _template() -> Template:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True,
                       undefined=StrictUndefined).get_template("confirm.html")


def language_of(accept: str, wanted: str | None = None) -> str:
    """``zh`` or ``en``: the notice's own, else the browser's first."""
    return "en" if (wanted or accept.strip().lower()[:2]) == "en" else "zh"


def page(language: str, zone: ZoneInfo, *, word: str | None = None, good: bool = False,
         status: int = 200, form: bool = True, phone: bool = False, text: str | None = None,
         first: tuple[str, str, datetime] | None = None, proof: str | None = None,
         headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """The page with one message (a key of SAY) on it. ``first`` is shown in the city's zone,
    ``proof`` is the path of the file that proves the answer."""
    say = SAY[language]
    answered = first and {"person": first[0], "answer": first[1],
                          "at": f"{first[2].astimezone(zone):%m-%d %H:%M}"}
    html = _template().render(say=say, message=say[word] if word else None, form=form,
                              tone="good" if good else "bad", phone=phone, text=text,
                              first=answered, proof=proof)
    return HTMLResponse(html, status, {**HEADERS, **(headers or {})})
