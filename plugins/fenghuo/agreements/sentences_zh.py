"""A rule's parts in Chinese, in the law's words: 以上（含）、超过、以下（含）、低于."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from fenghuo.agreements.conditions import UPWARD, TierSpec
from fenghuo.agreements.limits_zh import span as span
from fenghuo.agreements.limits_zh import threshold as threshold
from fenghuo.agreements.plain import number, percent
from fenghuo.agreements.rule import Corroboration, Hours, Lowered, Rule, Season, Source
from fenghuo.agreements.schema import Feedback, Release
from fenghuo.words import Channel, Level, RuleKind
from fenghuo.words.metrics import Metric
from fenghuo.words.names import COLOUR, HAZARD, INDUSTRY, POST, signal

LABEL = {
    "agreement": "协议", "rule": "规则", "title": "名称", "bureau": "甲方", "partner": "乙方",
    "signed": "签署", "document": "签署文件", "release": "发布", "feedback": "反馈",
    "kind": "对象", "levels": "转发级别", "unlevelled": "未标级别的", "effective": "生效日期",
    "season": "季节", "hours": "时段", "lead": "提前量", "digest": "只入汇总", "clear": "降级条件",
    "corroboration": "佐证", "lowered": "震后降低", "reach": "影响范围", "stricter": "从严",
    "foreign": "境外来源", "source": "依据", "text": "样例文字", "sites": "场所", "people": "人员",
    "districts": "行政区", "posts": "岗位", "roster": "排班", "feeds": "数据源",
    "measures": "措施", "also": "各级共用", "answer": "回复时限", "started": "启动时限",
    "done": "完成时限", "progress": "续报间隔", "ladder": "叫应", "visit": "上门时限",
    "station": "测站",
    **{level.value: f"{colour}色" for level, colour in COLOUR.items()},
}
"""What the parts of a rule and of an agreement are called."""
SIGNED = {True: "已签署", False: "示例未签署"}
UNSIGNED = "，所属协议为示例、未签署"

_KIND = {RuleKind.observed: "实测", RuleKind.forecast: "预报"}
_EVENT: Mapping[Metric | None, str] = {Metric.wind: "（热带气旋风圈）",
                                      Metric.fire_distance: "（卫星热点）"}
_CONFIDENCE = {"verified": "已核对原文", "secondary": "据转引，未核对原文",
               "unverified": "未核实，须对照正式文本", "proposed": "自拟"}
_CHANNEL = {Channel.sms: "短信", Channel.email: "邮件", Channel.voice: "语音",
            Channel.chat: "群机器人", Channel.call_list: "人工电话"}
_PLACE = {"site": "场所", "county": "县区", "city": "市"}


def sentence(parts: dict[str, str], given: tuple[Level, ...], signed: bool) -> str:
    """The parts of a rule as one sentence."""
    when = [parts[name] for name in ("effective", "season", "hours", "lead") if name in parts]
    tiers = "，".join(f"{parts[level]}为{COLOUR[level]}色" for level in given if level in parts)
    rest = [parts[name] for name in ("levels", "unlevelled", "digest", "clear", "corroboration",
                                     "lowered", "reach", "stricter", "foreign", "source")
            if name in parts]
    first = "，".join([*when, *([tiers] if tiers else [])])
    said = f"{parts['kind']}：{'；'.join([first, *rest] if first else rest)}"
    return f"{said}{'' if signed else UNSIGNED}。"


def kind(rule: Rule) -> str:
    """What a rule is about, and how it knows."""
    hazard = HAZARD["zh"][rule.hazard]
    if rule.kind is RuleKind.signal:
        code = ""
        if rule.match:
            whose = "国家事件代码" if rule.match.scheme == "gb" else f"{rule.match.scheme}代码"
            code = f"（{whose}{rule.match.event_code}）"
        return f"转发主管部门的{signal(rule.hazard, None)}{code}"
    if rule.kind is RuleKind.event:
        return hazard + _EVENT.get(rule.metric, "")
    return f"{hazard}（{_KIND[rule.kind]}）"


def levels(rule: Rule) -> str:
    """Which levels are relayed."""
    named = "、".join(f"{COLOUR[level]}色" for level in rule.given if level in rule.levels)
    rest = "" if len(set(rule.levels)) == len(Level) else "，其他级别不转发"
    return f"{named}按原级别、原时间、原范围转发{rest}"


def unlevelled(level: Level) -> str:
    """What a signal without a level is handled as."""
    return f"未标明级别的按{COLOUR[level]}色处置"


def lead(rule: Rule, length: timedelta) -> str:
    """How far ahead a rule looks."""
    return f"今后{span(length)}内" + ("的预报中" if rule.kind is RuleKind.forecast else "")


def effective(starts: date | None, ends: date | None) -> str:
    """From when to when this edition of a rule counts."""
    return (f"自{_day(starts)}起" if starts else "") + (f"至{_day(ends)}止" if ends else "")


def season(found: Season) -> str:
    """The days of the year on which a rule counts."""
    (first, day), (last, end) = (map(int, each.split("-")) for each in (found.starts, found.ends))
    over = "次年" if (last, end) < (first, day) else ""
    return f"每年{first}月{day}日至{over}{last}月{end}日"


def hours(found: Hours) -> str:
    """The part of the day in which a rule counts."""
    over = "次日" if found.ends < found.starts else ""
    return f"每天{found.starts:%H:%M}至{over}{found.ends:%H:%M}"


def digest(rule: Rule, spec: TierSpec) -> str:
    """What is told in a digest only."""
    return f"{threshold(rule, spec)}的只进汇总，不单独发信"


def clear(rule: Rule, comparisons: set[str]) -> str:
    """How a tier is left: what must no longer hold, and how long."""
    ratio, held = rule.clear.ratio, f"并持续{span(rule.clear.held)}" if rule.clear.held else ""
    if len(comparisons) > 1:
        ease = "" if ratio == 1 else f"按界限值放宽{percent(1 - ratio)}"
        return f"各条件{ease}不再成立{held}后才降级"
    comparison, = comparisons
    limit = "界限值" if ratio == 1 else f"界限值的{percent(ratio)}"
    if comparison not in UPWARD and ratio != 1:
        limit = f"界限值加上其{percent(1 - ratio)}"
    under = {"at_least": "低于", "above": "不超过", "at_most": "高于",
             "below": "不低于"}[comparison]
    return f"{under}{limit}{held}后才降级"


def corroboration(found: Corroboration) -> str:
    """The second word that a high tier needs."""
    near = f"{number(found.radius)}公里内另有一站达到界限值的{percent(found.neighbour)}"
    return f"{COLOUR[found.tier]}色及以上须连续{found.readings}次读数成立，或{near}"


def lowered(found: Lowered) -> str:
    """The chain after an earthquake."""
    return (f"测站震感烈度{number(found.at_least)}度以上（含）的地震后{span(found.lasting)}内"
            f"各级界限按{percent(found.ratio)}计")


def reach(rule: Rule) -> str:
    """Where a finding reaches."""
    if rule.reach is None or rule.reach.radius is None:
        return "影响以该站为控制站的场所"
    point = "预报点" if rule.kind is RuleKind.forecast else "测站"
    return f"影响{point}周围{number(rule.reach.radius)}公里内的场所"


def stricter(found: dict[str, int]) -> str:
    """Who is handled higher."""
    return "、".join(f"{INDUSTRY.get(who, f'带“{who}”标签的场所')}提高{up}级处置"
                    for who, up in sorted(found.items()))


def foreign(least: float) -> str:
    """What a foreign source's word reaches."""
    return f"仅有境外来源时，只发给推算烈度{number(least)}度以上（含）的场所"


def source(found: Source) -> str:
    """Where it stands, and how sure we are."""
    edition = f"，{found.edition}版" if found.edition else ""
    return f"依据：{found.article}{edition}（{_CONFIDENCE[found.confidence]}）"


def release(found: Release) -> str:
    """Who is told, and by what."""
    told = "、".join(post(one) for one in found.tell)
    said = f"告知{told}（{'、'.join(_CHANNEL[one] for one in found.by)}）"
    if found.approve is None:
        return said
    asked, then = "、".join(post(one) for one in found.approve.ask), found.approve.otherwise
    alone = "，两处印证即发" if found.approve.corroborated == "send" else ""
    return (f"{said}；我方判断先由{asked}审批，{span(found.approve.else_after)}内未答复则"
            f"{'发出' if then == 'send' else '暂缓'}{alone}")


def feedback(found: Feedback) -> dict[str, str]:
    """The duty to answer and to report, and each rung of the ladder."""
    due = found.measures
    said = {"answer": f"{span(found.answer)}内回复"}
    if due is not None:
        said |= {"started": f"{span(due.started)}内启动措施"} if due.started else {}
        said["done"] = f"{span(due.done)}内完成措施"
        said |= {"progress": f"此后每{span(due.progress)}报进展"} if due.progress else {}
    if found.visit is not None:
        said["visit"] = f"叫应无果，上门{span(found.visit)}内回报"
    return said | {
        f"ladder.{n}": f"未回复满{span(rung.after)}，{_CHANNEL[rung.by]}通知{post(rung.to)}"
        for n, rung in enumerate(found.ladder, 1)}


def post(name: str) -> str:
    """``site.deputy`` as 场所副职."""
    place, _, role = name.partition(".")
    return _PLACE[place] + POST["zh"].get(role, role)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
