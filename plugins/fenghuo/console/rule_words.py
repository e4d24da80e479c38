"""The words of the rules' pages: agreements, annexes, drafts. One line a word, as in words.py."""

from __future__ import annotations

RULES = """\
rules|规则与附件|Rules
agreements|协议|Agreements
in_force_since|生效自|in force since
adopted_by|采用人|adopted by
signed|已签署|signed
not_signed|示例，未签署|sample, not signed
rules_count|规则数|rules
drafts|待办草案|Drafts that wait
drafts_none|没有待办草案|no draft waits
drafts_closed|以往草案|Earlier drafts
draft|草案 {}|Draft {}
proposed_by|拟稿人|proposed by
note|说明|note
waits_for|等待|waits for
take_back|退回上一版|back to the edition before
frozen|橙色或红色生效中，规则冻结|Frozen while orange or red is in force
annex|附件：预警信息分级表|Annex: tiers of warning
parties|签署单位|parties
sheet_out|下载表格（XLSX）|Download as a sheet (XLSX)
sheet_in|上传改好的表格（XLSX）|Upload an edited sheet (XLSX)
upload|查看表格改了什么|See what the sheet changes
look_at|查看改动后果|See what this changes
edit_how|只有白底数字可改；查看后果时不会生效。|Edit the numbers on white.
stale_table|此表打开后规则已变更，请重填。|The rules were changed since: edit anew below.
nothing_changed|没有改动任何数字。|No number was changed.
faults_below|未通过检查，错误标在数字旁。|It does not pass the check: see beside the numbers.
preview|这些改动会带来什么|What this changes
differences|改动|Changes
differences_none|文字含义没有变化|nothing changes in meaning
tests|规则测试|Rule tests
tests_run|运行 {} 项，失败 {} 项|{} run, {} failed
effect|若早已如此|Had it been so before
less|降低灵敏度，须负责人签发|Less sensitive: a leader must sign
propose|提交草案|Propose
put_now|立即生效|Put in force now
odd|新出现的提示|New advice
tests_read|已看过未通过的规则测试|I have read the tests that end otherwise
propose_how|提交后由第二人审核。|A second person must approve it.
draft_state|状态|state
proposed|拟稿|proposed
checked|检查|checked
approved|审核|approved
signed_off|签发|signed
effective|生效时间|effective
closed|结束|closed
faults|检查发现的错误|Faults of the check
shadow|影子运行中的差异|What its shadow would have told otherwise
would|会|would
kind_of_text|文本|text
was|原为|was
number_of|附件中改动的数字|Numbers changed in the annex
at_hour|生效时间（城市时间；空：立即）|from when (city time; empty: at once)
approve|审核通过|approve
sign|签发|sign
refuse_draft|不同意|refuse
withdraw|撤回草案|withdraw
schedule|定生效时间|set the hour
override|负责人令：冻结期间仍生效|leader's word against the freeze
"""
