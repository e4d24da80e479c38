"""The closed vocabularies in Chinese, for whoever reads the console; English is the word itself.

A test holds these against the vocabularies, so that a new word does not stay without its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from fenghuo.words.names import INDUSTRY

_TABLE = """
draft proposed 拟稿
draft checked 已检查
draft approved 已审核
draft signed 已签发
draft scheduled 待生效
draft in_force 生效中
draft replaced 已有后续版本
draft returned 已退回
draft withdrawn 已撤回
draft refused 未通过
needs check 检查
needs mending 改正错误
needs second_person 另一人审核
needs signature 领导签发
needs hour 确定生效时间
needs due 到时生效
needs thaw 相关预警结束
would tell 只有草案会发
would not_tell 只有现行规则会发
text tell 告知
text lower 降级
text lapse 失效
text retract 撤回
text cancel 解除
text left 不再影响
text rung 逐级叫应
text calls 电话名单
text remind 措施催报
text overdue 措施逾期
text visit 上门清单
measures none 无
measures owed 应落实
measures started 已启动
measures done 已完成
measures progress 续报
state held 暂缓
state queued 待发
state claimed 发送中
state in_doubt 存疑
state accepted 网关已收
state failed 失败
state dropped 不再发
delivery none –
delivery accepted 网关已收
delivery sent 已发出
delivery undelivered 未送达
delivery failed 失败
delivery delivered 已送达
channel sms 短信
channel email 邮件
channel chat 群机器人
channel voice 语音
channel call_list 人工电话
warning in_force 生效中
warning cancelled 已解除
warning lapsed 已失效
warning retracted 已撤回
change issue 发布
change upgrade 升级
change area 范围变化
change downgrade 降级
change cancel 解除
change lapse 失效
change retract 撤回
answer 1 收到
answer 2 已启动
answer 3 已完成
answer 4 不是我
answer 5 停产无人
answer 9 求助
verdict matched 可记录
verdict doubled 与上面重复
verdict ambiguous 可能指多人或多处
verdict nobody 认不出人
verdict unclear 看不准
verdict nothing_owed 此人没有待回应
kind signal 转发信号
kind observed 实测
kind forecast 预报
kind event 事件
outcome reached 接通
outcome no_answer 无人接听
outcome wrong_number 号码不对
form letter 公函
form fax 传真
form call 电话
form instruction 指令
purpose drill 演练
purpose spot_check 叫应抽查
alarm feed_unreachable 数据源取不到
alarm feed_unreadable 数据源读不懂
alarm feed_quarantine 数据被隔离
alarm feed_clock 数据源时钟不准
alarm number_jumped 读数突跳存疑
alarm number_stuck 读数不变存疑
alarm feed_stale 数据过旧
alarm edition_refused 规则版本被拒
alarm rules_unapproved 规则未经审批
alarm no_edition 无规则版本
alarm gateway_refused 网关拒绝
alarm gateway_silent 网关无应答
alarm judging_failed 研判失败
alarm step_silent 步骤停止
alarm obligations_overdue 催办停摆
alarm reach_unbalanced 叫应账不平
alarm ledger_unsealed 台账未封存
alarm checkpoint_kept 校验点未送出
alarm call_pack_unwritten 叫应包未写出
alarm archive_unwritten 来源存档未写入
alarm call_for_help 求助
alarm foreign_quake 国外来源地震
alarm receipts_lost 疑似通信中断
alarm person_capped 一人短信过多
alarm text_refused 短信原文有误
alarm contact_wrong 联系人不对
alarm mailbox_unreachable 邮箱读不到
alarm inbox_waiting 来信待阅
alarm registration_waiting 登记待确认
alarm held_too_long 暂缓过久
alarm site_unreachable 单位联系不上
alarm visit_overdue 上门未回报
alarm roster_gap 排班空缺
alarm database 数据库
number jump 突跳
number freeze 不变
number repeat 整报重复
fate confirmed 已印证
fate released 已放行
fate discarded 已作废
doubt watch_silent 监视已停
doubt step_silent 步骤停止
doubt no_edition 无规则版本
doubt bureau_stale 某部门数据全部过旧
doubt no_gateway 没有可用的发送网关
doubt reach_unbalanced 叫应账不平
doubt ledger_unsealed 台账未封存
reason first 首次告知
reason upgraded 升级
reason downgraded 降级
reason entered_area 进入范围
reason left_area 不再影响
reason ended 结束
reason corrected 更正
reason rung 逐级叫应
reason rung_again 再次拨打
reason rung_in_vain 多次拨打未应答
reason passed_on 已转下一级叫应
reason visit 派人到场
reason report_owed 催报措施
reason report_overdue 措施逾期告知县级
reason bundle 合并一条
reason released 到时放行
reason second_channel 第二渠道
reason drill 演练
reason asked 回复来信
reason alarm 告警
reason witnessed 台账校验点
reason no_rule 无此规则
reason no_release 此级不发
reason no_site 无单位
reason below_threshold 未达阈值
reason digest 入简报
reason offices_only 只告知值守单位
reason area_unchanged 范围未变
reason same_level 同级重发
reason foreign_waits 待国内测定
reason foreign_below_vi 国外来源且不足VI度
reason other_agency 以另一机构路径为准
reason other_averaging 风速平均时段不同
reason official_in_force 官方预警已生效
reason covered 更重预警已包含
reason bundled 已并入一条
reason waits_for_bundle 等待合并
reason quiet_hours 夜间静默
reason capped 达到条数上限
reason held_by_officer 值班员暂缓
reason awaits_approval 待审批
reason approval_asked 已请审批
reason approved 已批准
reason approval_refused 审批未准
reason else_after 逾时未审批
reason corroborated 已有印证
reason drill_aborted 演练中止
reason receipts_lost 疑似通信中断
reason unknown 无法判定
reason not_actual 非实况
reason post_vacant 岗位空缺
reason no_address 无联系方式
reason agreement_unsigned 协议未签署
reason already_told 已告知过
reason superseded 已有更新
reason answered 已回应
reason expired 过期
reason gateway_rejected 网关拒绝
reason bad_address 号码无效
reason opted_out 已退订
reason opted_in 已恢复订阅
reason handset_off 手机未接收
reason gateway_ambiguous 网关未明
reason found_at_gateway 已在网关找到
reason lease_expired 租约过期
reason sender_gone 发送进程中断
reason text_refused 文本被拒
reason answer_accepted 已接受
reason unknown_number 陌生号码
reason wrong_code 码不对
reason unclear 不明
reason replayed 重复
reason nothing_open 无待回应
reason not_me 不是本人
reason shut 停产无人
reason probable 很可能本人
reason accepted_by_hand 人工确认
reason which_site 待问哪一处
reason doubted 读数存疑
reason unconfirmed 未经确认
reason out_of_office 自动回复
reason bounced 退信
reason acknowledged 已签收
reason no_channel 无此渠道
reason ladder_exhausted 叫应已尽
reason warning_closed 预警已结束
reason never_reached 至结束未联系上
"""


def _read() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"industry": dict(INDUSTRY)}
    for line in _TABLE.split("\n"):
        if line:
            family, word, name = line.split(" ", 2)
            found.setdefault(family, {})[word] = name
    return found


TERMS: Mapping[str, Mapping[str, str]] = _read()


def term(family: str, word: str | None, language: str) -> str:
    """A word of a vocabulary as people read it; the word itself where it has no name."""
    if word is None:
        return "–"
    known = TERMS[family].get(word) if language == "zh" else _EN.get((family, word))
    return known or word.replace("_", " ").replace("-", " ")


_EN = {
    ("answer", "1"): "received", ("answer", "2"): "started", ("answer", "3"): "done",
    ("answer", "4"): "not me", ("answer", "5"): "shut and empty", ("answer", "9"): "HELP",
    ("delivery", "none"): "–", ("alarm", "foreign_quake"): "foreign source speaks of a quake",
}
