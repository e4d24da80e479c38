"""The console's own words in both languages; what the city calls things is in notices.wording."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("zh", "en")

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "烽火 值守", "other": "English", "now": "城市时间",
        "sandbox": "沙盒：此处发出的一切只到沙盒，没有任何人真正收到。",
        "scenario": "演练剧本：数据与时间均为虚构，没有任何人真正收到。",
        "alarms": "值守自身告警", "no_alarms": "无",
        "warnings": "生效中的预警与风险提示", "no_warnings": "当前没有生效的预警",
        "feeds": "数据源新旧", "kind": "种类", "subject": "对象", "detail": "详情",
        "since": "自", "count": "次数", "hazard": "灾种", "scope": "范围",
        "official": "发布级别（原文）", "handling": "处置强度", "opened": "生效", "expires": "至",
        "sites": "单位", "persons": "人员", "reach": "叫应表", "owed": "应通知",
        "pending": "待发", "told": "已告知", "escalating": "升级中", "unreachable": "联系不上",
        "answered": "已回应", "excused": "免除", "feed": "数据源", "as_of": "数据时间",
        "age": "已过", "limit": "限度", "state": "状态", "failures": "连续失败",
        "fresh": "正常", "stale": "过旧", "waiting": "待取", "never": "从未取到",
        "edition": "规则版本", "none": "无", "revision": "第 {} 次修订", "incident": "地震事件",
        "unsure": "对不上：{} ≠ {}",
        "no_edition": "没有可用的规则版本：请运行 fenghuo check 与 fenghuo adopt",
    },
    "en": {
        "title": "Fenghuo watch", "other": "中文", "now": "City time",
        "sandbox": "SANDBOX: all that is sent from here goes to the sandbox; nobody receives it.",
        "scenario": "SCENARIO: data and time are invented; nobody receives anything.",
        "alarms": "Alarms of the watch itself", "no_alarms": "none",
        "warnings": "Warnings in force", "no_warnings": "No warning is in force",
        "feeds": "Age of the feeds", "kind": "kind", "subject": "subject", "detail": "detail",
        "since": "since", "count": "times", "hazard": "hazard", "scope": "scope",
        "official": "issuer's level", "handling": "handling", "opened": "in force since",
        "expires": "until", "sites": "sites", "persons": "persons", "reach": "reach sheet",
        "owed": "owed", "pending": "pending", "told": "told", "escalating": "escalating",
        "unreachable": "unreachable", "answered": "answered", "excused": "excused",
        "feed": "feed", "as_of": "data of", "age": "age", "limit": "limit", "state": "state",
        "failures": "failures", "fresh": "fresh", "stale": "too old", "waiting": "due",
        "never": "never pulled", "edition": "edition of the rules", "none": "none",
        "revision": "revision {}", "incident": "earthquake", "unsure": "does not add up: {} ≠ {}",
        "no_edition": "no edition that can be read: type fenghuo check, then fenghuo adopt",
    },
}
