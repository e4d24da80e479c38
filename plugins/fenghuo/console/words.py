"""The console's own words in both languages; what the city calls things is in notices.wording.

One line a word: its key, Chinese, English. The rules' pages have theirs in rule_words.py, what
somebody can do in asking.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from fenghuo.console.rule_words import RULES

LANGUAGES = ("zh", "en")

_TABLE = """
title|烽火 值守|Fenghuo watch
other|English|中文
now|城市时间|City time
signed_in|登录|signed in
looks|只读|may look only
acts|可操作|may act
back|返回值守页|back to the watch
sandbox|沙盒：发出的一切只到沙盒，没有任何人真正收到。|SANDBOX: nobody receives anything.
scenario|演练剧本：数据与时间均为虚构，没有任何人真正收到。|SCENARIO: data and time are invented.
unsigned|示例未签署，实际发送一律拒绝：|SAMPLE, NOT SIGNED, nothing really goes out:
distrust|本页不可信，请按预案电话值守：|Trust nothing here, use the telephone:
alarms|值守自身告警|Alarms of the watch itself
no_alarms|无|none
warnings|生效中的预警与风险提示|Warnings in force
no_warnings|当前没有生效的预警|No warning is in force
owing|未回应|Not answered
owing_none|没有待回应|Nobody owes an answer
by_county|按县（市、区）|by county
by_industry|按行业|by industry
by_tier|按处置强度|by handling
key|分组|group
waiting_for|待回应|waiting
overdue|逾期|overdue
oldest|最久逾期（分）|longest, min
minutes|逾期（分）|overdue, min
due|应回应|answer due
feeds|数据源|Feeds
quarantine|被拒收或存疑的读数与记录|Refused or doubted
quarantine_none|没有待处理的|nothing waits
place|位置|place
found|得到|found
expected|应为|expected
doubted_for|存疑|doubted
release_number|放行|let it count
discard|作废|discard
cadence|周期|cadence
gateways|发送网关|Gateways
gateway|网关|gateway
queue|排队|queue
last_accepted|最近收下|last accepted
last_refused|最近拒绝|last refused
on_duty|当值|On duty
desk|值守机构|office
vacant|空缺|vacant
inbox|待阅来信|Texts a human must read
inbox_none|没有待阅来信|nothing waits
calls|待拨电话|People to call
calls_none|没有待拨电话|nobody to call
visits|需上门|Sites to visit
visits_none|没有需上门的场所|no site to visit
registrations|待第二人确认的登记|Registrations for a second person
registrations_none|没有待确认的登记|nothing waits
drill|演练|drill
drill_running|演练进行中|A drill is running
drill_mark|（演练）|(DRILL)
held|暂缓发送|texts held
awaits_approval|我方判断待审批，{}前未答复则{}|waits for approval until {}, then it is {}
then_send|发出|sent
then_hold|暂缓|held
approval|审批|approval
asked_who|已请|asked:
via_console|控制台|console
via_cli|命令行|command line
via_sms|短信|SMS
via_airflow|Airflow|Airflow
via_clock|逾时|by time
via_house|系统|the house
of_total|共 {} 项|{} in all
kind|种类|kind
subject|对象|subject
detail|详情|detail
since|自|since
count|次数|times
acknowledged|签收|acknowledged
hazard|灾种|hazard
official|发布级别（原文）|issuer's level
handling|处置强度|handling
opened|生效|in force since
expires|至|until
sites|单位|sites
persons|人员|persons
obligations|责任|obligations
reach|叫应表|reach sheet
owed|应通知|owed
feed|数据源|feed
as_of|数据时间|data of
age|已过|age
limit|限度|limit
state|状态|state
failures|连续失败|failures
fresh|正常|fresh
stale|过旧|too old
waiting|待取|due
never|从未取到|never pulled
speaking|替补发声|standing in
resting|备用待命|fallback at rest
off|停用|off
no_key|缺密钥|no key
sandbox_only|仅在沙箱|sandbox only
not_asked|未启用的数据源|sources not asked:
undated|只知应答时间，源站停更看不出|of its last answer; frozen would not show
last_good|最近正常|last good
last_error|最近错误|last error
clock|时钟差|clock
terms|条款|terms
changed|有新内容|news
no_events|无事件|no events
unchanged|未变|unchanged
not_modified|未变|unchanged
empty|空应答|empty answer
failed|无应答|no answer
open|正常|open
refused|拒绝|refused
silent|无应答|silent
missing|未设置|not set up
edition|规则版本|edition of the rules
none|无|none
revision|第 {} 次修订|revision {}
revisions|修订|Revisions
number|序号|no.
time|时间|time
change|变化|change
left|离开|left
look|查看|look
incident|震中|epicentre
unsure|对不上：{} ≠ {}|does not add up: {} ≠ {}
no_edition|没有可用的规则版本：请运行 fenghuo check|no edition of the rules: type fenghuo check
withdrawn|已报撤离|reported withdrawn
shut|停产无人|shut and empty
people|人|people
site|单位|site
post|岗位|post
person|姓名|name
phone|电话|phone
status|状态|status
pending|待发|pending
told|已告知|told
escalating|升级中|escalating
unreachable|联系不上|unreachable
answered|已回应|answered
excused|免除|excused
accepted|网关收下|accepted
delivered|送达|delivered
answered_at|回应|answered
answer|答复|answer
rung|叫应级|rung
measures|措施|measures
measures_sum|应落实 {}，已启动 {}，已完成 {}；逾期未报 {}|owed {}, started {}, done {}; overdue {}
started_at|启动|started
done_at|完成|done
reminded|催报|reminded
county_told|告知县级|county told of
report_missing|催报措施|report of measures
calling|拨打|calling
silent_list|谁还没有回应|Who has not answered
everybody|每个人|Everybody
paste_box|粘贴群里的回复|Answers from a chat group
paste_lines|每行一人，如“张三 收到”|one person a line, like “张三 收到”
paste_how|不猜：认不准就补姓名、单位或灾种。|Nothing is guessed: add name, site or hazard.
paste_look|看每行怎么算|See how each line counts
paste_counts|共 {} 行，可记录 {} 行|{} lines, {} count
paste_record|记录 {} 条答复|record {} answers
paste_changed|情况已变，请再看一遍。|Something changed meanwhile: look again.
verdict|判定|reading
paste|可粘贴文本（≤200字）|text to paste (≤ 200 characters)
reasons|依据|Reasons
reasons_of|第 {} 次修订的依据|Reasons of revision {}
rule|规则|rule
article|条款|article
agencies|各台网测定|What agencies say
apart|震中相距|epicentres apart
agreement|协议|agreement
value|数值|value
threshold|阈值|threshold
at_sites|在单位处|at the sites
issuer|发布单位|issuer
payload|原始数据 SHA-256|raw payload SHA-256
sites_of|第 {} 次修订的单位|Sites of revision {}
texts|发出的文本|Messages as sent
no_texts|没有文本|no message
channel|渠道|channel
address|号码|address
step|步骤|step
delivery|送达|delivery
parts|条数|parts
reason|原因|reason
text|文本|text
doubled|可能重复|maybe doubled
last_one|未发 {} 条，最后一条经 {} 约 {} 后发出|{} texts wait; the last leaves {} in about {}
last_lead|；距预报开始或首个答复时限 {}|; danger or the first answer due comes in {}
last_late|，超过时限：先电话通知，或加一条网关|, which is too late: ring people up, or add a gateway
informed_of|仅由群机器人通知、不作为送达 {} 项|{} had only a robot's word in a group: no proof
doubled_of|可能重复的文本 {} 条|{} messages maybe doubled
reachable|联系人：能否联系上|People: who can be reached
out_of_use|停用的号码和邮箱|Numbers and mailboxes out of use
unproven|90天内从未回应（演练也算）|No answer in 90 days (a drill's counts)
last_answer|最近回应|last answered
holders|岗位与联系人|Posts and people
untold|决定不告知|Decisions not to tell
untold_none|没有此类决定|none
example|例如|such as
first|首次|first
last|最近|last
rows|第 {}–{} 行，共 {} 行|lines {} to {} of {}
earlier|上一页|previous
later|下一页|next
why_not|告知与不告知的决定|Decisions to tell and not to tell
at_time|截至（城市时间）|up to (city time)
show|查看|show
no_decisions|此前 24 小时没有决定|no decision in the 24 hours before
yes_told|告知|told
not_told|未告知|not told
in_warnings|所在预警|Warnings it is in
filter|筛选|filter
issuer_doc|文号|document no.
entered|登记人|entered by
body|内容|text
hold|暂缓|hold
release|放行|let go
cancel|解除|cancel
retract|撤回|retract
resend|重发|resend
log_call|登记通话|log call
log_visit|登记上门|log visit
accept|采纳|accept
dismiss|略过|dismiss
acknowledge|签收|acknowledge
confirm|确认|confirm
refuse|退回|refuse
actions|操作|Actions
why|理由（记入台账）|reason (kept in the ledger)
do|确认：{}|Yes: {}
no|不，返回|No, go back
outcome|通话结果|what came of it
whose|是谁的（人员编号；空：按来信判断）|whose (person's id; empty: as the text says)
as_written|按来信所写|as the text says
"""

WORDS: Mapping[str, Mapping[str, str]] = {
    language: {row.split("|")[0]: row.split("|")[place]
               for row in (_TABLE + RULES).strip().split("\n")}
    for place, language in enumerate(LANGUAGES, 1)}
