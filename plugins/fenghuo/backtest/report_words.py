"""What the report's page says, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "title": "规则回放", "rules": "规则", "now": "现行规则", "against": "另一套规则",
        "from_to": "{since} 至 {until}", "warnings": "预警（起）", "people": "被告知（人）",
        "messages": "消息（条）", "parts": "短信分条", "woken": "夜间被叫醒（人）",
        "nights": "有人被叫醒的夜间", "woken_nights": "人·夜",
        "sentence": "回放{days}天：在{nights}个夜间叫醒{woken}人，共{warnings}起预警、"
                    "{messages}条消息（短信{parts}分条），告知{people}人。",
        "missed": "{events}次实况中漏{misses}次，空报{false}次。",
        "night_note": "夜间指22时至次日7时收到短信；邮件不算叫醒。",
        "answer_note": "假定网关无误、人人按时答复：催办、电话叫应不计。"
                       "预报类规则没有历史预报可回放，不计。",
        "last_one": "发送最久的一刻：{at}同时{texts}条，最后一条经{gateway}约{span}后发出",
        "last_lead": "，答复时限{span}", "last_late": "，超过时限",
        "timeline": "时间线",
        "timeline_note": "每条横线是一起预警，颜色为其最高处置等级；"
                         "两套规则时上为现行。",
        "months": "各月消息", "map": "各单位被叫醒的夜间",
        "map_note": "点越大越红，夜间被叫醒越多。平面经纬度，无底图。",
        "sweep": "改动一个数字", "sweep_note": "{path}：每个值都完整回放一遍；虚线为现值。",
        "by_rule": "按规则", "by_tier": "按处置等级", "rule": "规则", "tier": "等级",
        "appears": "新增的预警", "vanishes": "消失的预警", "moved": "变动的预警",
        "none": "无", "more": "另有{count}起未列。", "hazard": "灾种", "place": "地点",
        "opened": "开始", "closed": "结束", "open": "仍有效", "sites": "单位",
        "shift": "时间", "from_tier": "原等级", "to_tier": "新等级", "entered": "新增单位",
        "left": "减少单位", "later": "推迟", "earlier": "提前", "scores": "评分",
        "hits": "命中", "misses": "漏报", "false": "空报", "lead_median": "提前量中位",
        "lead_least": "最短提前量", "min": "分", "and_above": "及以上", "all": "全部规则",
        "value": "值", "scores_note": "规则在一个县（区）连续成立为一次报警，间断一小时以内不断开；"
        "事件开始时报警有效，或事件结束前报警开始，为命中。提前量自第一条消息起算。",
    },
    "en": {
        "title": "Rules over past years", "rules": "rules", "now": "in force", "against": "against",
        "from_to": "{since} to {until}", "warnings": "warnings", "people": "people told",
        "messages": "messages", "parts": "SMS parts", "woken": "people woken",
        "nights": "nights somebody was woken", "woken_nights": "person-nights",
        "sentence": "Over {days} days: would have woken {woken} people on {nights} nights; "
                    "{warnings} warnings, {messages} messages ({parts} SMS parts) to {people} "
                    "people.",
        "missed": "Misses {misses} of {events} events; false alarms: {false}.",
        "night_note": "Woken: an SMS between 22:00 and 07:00; a mail wakes nobody.",
        "answer_note": "Gateways are taken to be perfect and everybody to answer in time: no "
                       "ladder climbs. Rules on forecasts are left out, there are none to replay.",
        "last_one": "Longest line: {at}, {texts} texts at once; the last leaves {gateway} in "
                    "about {span}",
        "last_lead": ", the answer is owed in {span}", "last_late": ", which is too late",
        "timeline": "Timeline",
        "timeline_note": "One bar a warning, coloured by its highest handling tier; of two "
                         "editions the upper is the one in force.",
        "months": "Messages by month", "map": "Nights woken by site",
        "map_note": "The larger and redder, the more nights. A plane of degrees, no map below.",
        "sweep": "One number moved",
        "sweep_note": "{path}: every value is a whole run; the dashed line is what stands now.",
        "by_rule": "By rule", "by_tier": "By handling tier", "rule": "rule", "tier": "tier",
        "appears": "Warnings that appear", "vanishes": "Warnings that vanish",
        "moved": "Warnings that move", "none": "none", "more": "{count} more are not listed.",
        "hazard": "hazard", "place": "place", "opened": "from", "closed": "to",
        "open": "still in force", "sites": "sites", "shift": "time", "from_tier": "tier was",
        "to_tier": "tier is", "entered": "sites more", "left": "sites fewer", "later": "later",
        "earlier": "earlier", "scores": "Scores", "hits": "hits", "misses": "misses",
        "false": "false alarms", "lead_median": "median lead", "lead_least": "least lead",
        "min": "min", "and_above": "and above", "all": "all rules", "value": "value",
        "scores_note": "An alarm is an unbroken time in which a rule held in one county, pauses "
        "up to an hour aside. An event is hit when an alarm is in force at its start or begins "
        "before it ends. Lead counts from the first message.",
    },
}
