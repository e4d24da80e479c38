"""What the annex table calls things, in both languages. One line a word: key, Chinese, English."""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
rain|雨量|rain
snow|降雪量|snow
stage|水位|stage
flow|流量|flow
tide|潮位|tide
surge|增水|surge
wave_height|有效波高|significant wave height
gust|阵风|gust
wind_mean|平均风速|mean wind
temperature|气温|temperature
visibility|能见度|visibility
fire_index|森林火险指数|forest fire index
wind|气旋大风圈|cyclone's wind area
intensity|地震烈度|seismic intensity
fire_distance|卫星热点距离|distance of a fire pixel
sum|累计|sum
max|最大|maximum
mean|平均|mean
min|最小|minimum
last|最新值|newest value
rise|上升|rise
drop|下降|drop
duration|持续时长|duration
at_least|≥|≥
above|>|>
at_most|≤|≤
below|<|<
station.warning|警戒水位|warning stage
station.guarantee|保证水位|guarantee stage
station.record|历史最高|record
site.stage|单位行动水位|the site's own stage
any|或|or
all|且|and
in_all|共|in all
window|窗口|window
limit|限值|limit
within|距标记|from the mark
levels|转发|relayed
-year|年一遇|years' return level
s|秒|s
m|分|min
h|小时|h
d|天|d
signal|转发信号|relayed signal
observed|实测|observed
forecast|预报|forecast
event|事件|event
clear.ratio|解除：限值的倍数|clear: share of the limit
clear.held|解除：持续|clear: held
lead|预见期|lead
reach.radius|半径|radius
reach.by|影响范围：控制站所辖单位|reach: sites of the station
corroboration.readings|印证：连续读数|second word: readings
corroboration.neighbour|印证：邻站达限值的倍数|second word: neighbour's share
corroboration.radius|印证：邻站半径|second word: radius
corroboration.tier|印证自|second word from
lowered.at_least|震后下调：烈度 ≥|after a quake: intensity ≥
lowered.lasting|震后下调：历时|after a quake: for
lowered.ratio|震后下调：限值的倍数|after a quake: share of the limit
foreign.at_least|境外来源：≥|foreign source alone: ≥
unlevelled|未标级别按|no level counts as
stricter|从严（级）|stricter by tiers
season|季节|season
hours|时段|hours
effective|有效期|effective
annex|附件：预警信息分级表|Annex: tiers of warning
parties|签署单位|parties
signed|已签署：文号|signed: document no.
unsigned|示例，未签署|sample, not signed
file|规则文件|file of the rules
hazard|灾种|hazard
rule|规则|rule
measured|依据|measured
item|项目|item
digest|汇总告知|digest
also|全部等级|all tiers
source|条款|article
confidence|可信度|confidence
only_numbers|只可修改白底数字，其余请勿改动。|Change the numbers on white only, nothing else.
verified|已核对原文|text was read
secondary|转引|second hand
unverified|未核实|not verified
proposed|自拟|our proposal
"""

WORDS: Mapping[str, Mapping[str, str]] = {
    language: {row.split("|")[0]: row.split("|")[place]
               for row in _TABLE.strip().split("\n")}
    for place, language in enumerate(("zh", "en"), 1)}