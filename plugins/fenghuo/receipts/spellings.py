"""The words people answer with, in both languages, and what takes them back.

A word counts only where it is said of the sender, now: a denial, a question, a plan (``马上撤``), a
part (``撤了一半``) and an order handed on (``请确认``) are none.
"""

from __future__ import annotations

import re
import unicodedata

from fenghuo.words import Answer

STEPS = (Answer.received, Answer.started, Answer.done)
"""Steps of one way, the lowest first."""

WORDS = {
    Answer.help: re.compile(
        r"求助|求救|求援|救命|救援|救救|有险|遇险|被困|受伤|失联|溃坝|垮坝|塌方|塌了|坍塌了|着火|起火|爆炸"
        r"|\b(help|sos|rescue|trapped|injured|emergency)\b"),
    Answer.not_me: re.compile(
        r"不是我|我(已经?)?不是|我不负责|非本人|调离|调走|离职|辞职|退休|不在这?(厂|公司|单位|工地|矿)"
        r"|发错|打错|号码错|错号|换人了"
        r"|\b(not me|wrong (number|person)|(left|quit) the company"
        r"|no longer (work|with|at|in)\w*)\b"),
    Answer.shut: re.compile(
        r"停产|停工|停业|关停|放假|无人|没人|没有人在"
        r"|\b(shut( down)?|closed|empty|out of operation)\b"),
    Answer.done: re.compile(
        r"完成|撤完|查完|办完|做完|完毕|办结|已撤|均撤|全撤|都撤|撤了|撤空|人撤离?|(已|均|全部|都)(经)?(撤离|转移|疏散|落实|到位|处理)"
        r"|(撤离|转移|疏散|撤出)(了|到位|出?\s?\d)|落实(了|到位|好)|人员(已|全部|都)?到位"
        r"|\b(done|finished|completed?|evacuated|withdrawn|all out|moved out)\b"),
    Answer.started: re.compile(
        r"启动|正?在(撤|落实|转移|疏散|排查|处理|办理|安排|组织|进行|做)|开始(撤|落实|转移|疏散|排查)"
        r"|(撤离|转移|疏散|落实|处理)中|已(经)?(安排|部署|布置|通知)"
        r"|\b(started|begun|under ?way|in progress|evacuating|working on it)\b"),
    Answer.received: re.compile(
        r"收到|收悉|确认|知悉|知晓|已阅|已知|知道了|明白|了解|好的|遵照|照办|^好$|^好吧$|^可以$|^行$"
        r"|\b(ok|okay|okey|yes|yep|roger|copy|received|got it|understood|noted|acknowledged"
        r"|confirm(ed)?|will do)\b"),
}
_MANNERS = re.compile(
    r"不好意思|不客气|不用谢|不用担心|没问题|没事|不错|非常|不漏一人|无一遗漏|无一人遗漏"
    r"|\b(no problem|no worries|not at all)\b")
_HARM = (r"(求助|求救|求援|救援|险情|危险|险|被困|受困|受伤|伤亡|失联|死亡|异常|事故|着火|起火|爆炸"
         r"|塌方|溃坝)")
_NO_HARM = re.compile(
    rf"(无|没|没有|未|未见|未发现|不|暂无|防|防止|防范|避免|预防|以防)(有|需|需要|用|要|发生|出现|人|人员)*{_HARM}"
    r"(人员|情况|发生)?"
    r"|\b(no|not|don'?t|doesn'?t|without|nobody|no ?one)\b[\w\s']{0,20}"
    r"\b(help|rescue|trapped|injured|danger|emergency)\b")
_DENIED = re.compile(
    r"(没|沒|未|不|无法|無法|难以|難以|非|别|勿|莫|无(?=收|法|力|从))[\u3400-\u9fff]{0,6}?"
    r"(收|看到|见到|看见|确认|知|明白|了解|启动|开始|完|落实|撤|转移|疏散|停产|停工|停业|放假|回复|处理|到位|安排)"
    r"|(收|撤|完|做|看|办|启动|完成|落实|转移)不(到|完|成|了|动|上|及)|来不及|不行|不能|不了"
    r"|收到?(后|会|请|就|了?吗|没|与否|的话)|是否|有没有|能否|谁|哪|什么|啥|怎么|为何|为什么"
    r"|还差|除了|部分|一半|差不多|快(要)?(完|撤)|左右|误|假如|如果|若"
    r"|\b(not|no|nor|never|none|nothing|cannot|can'?t|don'?t|didn'?t|haven'?t|hasn'?t|isn'?t|won'?t"
    r"|wasn'?t|aren'?t|unable|fail(ed)?|without|half|partly|almost|nearly|if|when|what|who|why)\b"
    r"|\bun(done|confirmed|finished|received)\b")
_PLAN = re.compile(
    r"马上|立即|立刻|即将|准备|稍后|稍等|等会|等下|等一下|待会|一会|尽快|将|预计|计划|打算|正要|明天|明早|晚点"
    r"|争取|力争|抓紧|待|请|要求|需要|必须|应该|应当|须|得"
    r"|\b(will|going to|about to|soon|later|tomorrow|plan|please|must|should|shall)\b")
_REACHED = re.compile(r"已|了$|完毕|\b(already|have|has)\b")
_QUOTED = re.compile(
    r"【|1\s*收到.{0,8}(2\s*启动|3\s*\S{0,2}(完成|撤完|查完|到位))|收到\s*2\s*启动|撤完\s*\+\s*人数|9\s*有险情"
    r"|\[[^\]]*(bureau|emergency)[^\]]*\]|1 received.{0,12}(2 started|3 )|\breply 1 received\b"
    r"|请\S{0,12}前回\s*1")
_CLAUSE = re.compile(r"[,，。.;；!！、\n\r\t ]+")
_KEYCAP = re.compile("[\ufe0e\ufe0f\u20e3\u200b-\u200f\u2060\ufeff]")
_CIRCLED = {ord(first) + n: f"{n + 1} " for first in "①⑴⒈❶➀➊⓵" for n in range(9)}


def plain(body: str) -> str:
    """A text in one spelling: full width, circled digits and keycaps become plain digits."""
    folded = unicodedata.normalize("NFKC", _KEYCAP.sub("", body).translate(_CIRCLED))
    return folded.casefold().strip()


def quoted(text: str) -> bool:
    """Whether our own text stands in it."""
    return bool(_QUOTED.search(text))


def told_back(text: str) -> str:
    """The text without politeness and without harm that is denied (``无人被困``)."""
    return _NO_HARM.sub(" ", _MANNERS.sub(" ", text))


def denied(text: str) -> bool:
    """Whether something in it is denied, asked, or only half so."""
    return "?" in text or bool(_DENIED.search(WORDS[Answer.not_me].sub(" ", text)))


def words(text: str) -> set[Answer]:
    """The answers said in words; a clause that only plans or orders says nothing."""
    found: set[Answer] = set()
    for clause in filter(None, _CLAUSE.split(text)):
        said = {answer for answer, pattern in WORDS.items() if pattern.search(clause)}
        if _PLAN.search(clause) and not _REACHED.search(clause):
            said &= {Answer.help, Answer.received} if "收到" in clause or "好的" in clause else {
                Answer.help}
        found |= said
    # an English phrase may run over spaces
    if text.isascii() and not _PLAN.search(text):
        found |= {answer for answer, pattern in WORDS.items() if pattern.search(text)}
    if Answer.shut in found and "撤" in text:  # 停产撤人 tells of measures, or of an empty place
        found.add(Answer.done)
    return found
