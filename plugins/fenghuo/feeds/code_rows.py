"""Event codes of issuers abroad: Hong Kong Observatory, MeteoAlarm (CAP), US National Weather
Service, German Weather Service, GDACS. The national code is given only where both mean the same
danger."""

from __future__ import annotations

from fenghuo.feeds.code_table import rows
from fenghuo.words import Hazard, Level

_H = Hazard

# Amber is 黃色 and red 紅色 to the Observatory itself; black (over 70 mm an hour) is no colour of
# ours, and no number of a cyclone signal is one.
HKO = rows("hko", "HKO open data, warnsum", (
    ("WRAIN", "暴雨警告信号", "rainstorm warning signal", _H.rainstorm, "11B03", "V"),
    ("WRAINA", "黄色暴雨警告信号", "amber rainstorm signal", _H.rainstorm, "11B03", "S"),
    ("WRAINR", "红色暴雨警告信号", "red rainstorm signal", _H.rainstorm, "11B03", "V"),
    ("WRAINB", "黑色暴雨警告信号", "black rainstorm signal", _H.rainstorm, "11B03", "S"),
    ("WTCSGNL", "热带气旋警告信号", "tropical cyclone signal", _H.typhoon, "11B01", "V"),
    ("TC1", "一号戒备信号", "standby signal no. 1", _H.typhoon, "11B01", "S"),
    ("WTCPRE8", "八号信号前特别报告", "pre-no. 8 special announcement", _H.typhoon, "11B01", "V"),
    ("TC3", "三号强风信号", "strong wind signal no. 3", _H.typhoon, "11B01", "V"),
    ("TC8NE", "八号东北烈风信号", "gale signal no. 8 NE", _H.typhoon, "11B01", "S"),
    ("TC8SE", "八号东南烈风信号", "gale signal no. 8 SE", _H.typhoon, "11B01", "S"),
    ("TC8NW", "八号西北烈风信号", "gale signal no. 8 NW", _H.typhoon, "11B01", "S"),
    ("TC8SW", "八号西南烈风信号", "gale signal no. 8 SW", _H.typhoon, "11B01", "S"),
    ("TC9", "九号烈风增强信号", "increasing gale signal no. 9", _H.typhoon, "11B01", "S"),
    ("TC10", "十号飓风信号", "hurricane signal no. 10", _H.typhoon, "11B01", "S"),
    ("WFIRE", "火灾危险警告", "fire danger warning", _H.forest_fire, "11B25", "V"),
    ("WFIREY", "黄色火灾危险警告", "yellow fire danger", _H.forest_fire, "11B25", "V"),
    ("WFIRER", "红色火灾危险警告", "red fire danger", _H.forest_fire, "11B25", "V"),
    ("WFROST", "霜冻警告", "frost warning", _H.frost, "11B16", "V"),
    ("WHOT", "酷热天气警告", "very hot weather warning", _H.heat, "11B09", "V"),
    ("WCOLD", "寒冷天气警告", "cold weather warning", _H.cold, "", "V"),
    ("WMSGNL", "强烈季候风信号", "strong monsoon signal", _H.gale, "", "V"),
    ("WL", "山泥倾泻警告", "landslip warning", _H.geology, "11D01", "V"),
    ("WTMW", "海啸警告", "tsunami warning", _H.tsunami, "", "V"),
    ("WTS", "雷暴警告", "thunderstorm warning", _H.lightning, "11B14", "V"),
    ("WFNTSA", "新界北部水浸特别报告", "flooding in the northern New Territories",
     _H.waterlogging, "11A02", "V"),
), {"WRAINA": Level.yellow, "WRAINR": Level.red, "WFIREY": Level.yellow, "WFIRER": Level.red})

# CAP parameter awareness_type, "10; Rain"; the level stands beside it in awareness_level. There
# is no type 11.
CAP = rows("cap", "MeteoAlarm awareness_type", (
    ("1", "大风", "wind", _H.gale, "11B06", "S"),
    ("2", "冰雪", "snow or ice", _H.snowstorm, "", "M"),
    ("3", "雷暴", "thunderstorm", _H.lightning, "11B14", "M"),
    ("4", "大雾", "fog", _H.fog, "11B17", "M"),
    ("5", "高温", "high temperature", _H.heat, "11B09", "M"),
    ("6", "低温", "low temperature", _H.cold, "", "S"),
    ("7", "海岸事件", "coastal event", _H.storm_surge, "", "S"),
    ("8", "森林火险", "forest fire", _H.forest_fire, "11B25", "S"),
    ("9", "雪崩", "avalanche", _H.other, "", "M"),
    ("10", "暴雨", "rain", _H.rainstorm, "11B03", "M"),
    ("12", "洪水", "flood", _H.flood, "11A01", "M"),
    ("13", "雨洪", "rain and flood", _H.flood, "", "M"),
))

# Two letters of phenomenon and one of significance (W warning, A watch, Y advisory), as VTEC has
# them (/O.NEW.KOKX.FF.W.0009 …/ is FFW), and the SAME codes that are written otherwise.
NWS = rows("nws", "NWS VTEC (directive 10-1703) and SAME event codes", (
    ("TOW", "龙卷风警告", "tornado warning", _H.tornado, "11B02", "M"),
    ("TOA", "龙卷风监视", "tornado watch", _H.tornado, "11B02", "M"),
    ("TOR", "龙卷风警告", "tornado warning", _H.tornado, "11B02", "M"),
    ("SVW", "强雷暴警告", "severe thunderstorm warning", _H.thunder_gust, "11B20", "M"),
    ("SVA", "强雷暴监视", "severe thunderstorm watch", _H.thunder_gust, "11B20", "S"),
    ("SVR", "强雷暴警告", "severe thunderstorm warning", _H.thunder_gust, "11B20", "S"),
    ("FFW", "山洪警告", "flash flood warning", _H.flash_flood, "11A51", "S"),
    ("FFA", "山洪监视", "flash flood watch", _H.flash_flood, "11A51", "S"),
    ("FLW", "洪水警告", "flood warning", _H.flood, "11A01", "M"),
    ("FLA", "洪水监视", "flood watch", _H.flood, "11A01", "M"),
    ("FLY", "洪水提示", "flood advisory", _H.flood, "11A01", "M"),
    ("FAW", "区域洪水警告", "areal flood warning", _H.flood, "11A01", "S"),
    ("FAA", "区域洪水监视", "areal flood watch", _H.flood, "11A01", "S"),
    ("FAY", "区域洪水提示", "areal flood advisory", _H.flood, "11A01", "M"),
    ("HUW", "飓风警告", "hurricane warning", _H.typhoon, "11B01", "M"),
    ("HUA", "飓风监视", "hurricane watch", _H.typhoon, "11B01", "M"),
    ("TYW", "台风警告", "typhoon warning", _H.typhoon, "11B01", "M"),
    ("TYA", "台风监视", "typhoon watch", _H.typhoon, "11B01", "M"),
    ("TRW", "热带风暴警告", "tropical storm warning", _H.typhoon, "11B01", "M"),
    ("TRA", "热带风暴监视", "tropical storm watch", _H.typhoon, "11B01", "M"),
    ("SSW", "风暴潮警告", "storm surge warning", _H.storm_surge, "11E02", "M"),
    ("SSA", "风暴潮监视", "storm surge watch", _H.storm_surge, "11E02", "M"),
    ("CFW", "海岸洪水警告", "coastal flood warning", _H.storm_surge, "", "M"),
    ("SUW", "大浪警告", "high surf warning", _H.wave, "11E06", "M"),
    ("TSW", "海啸警告", "tsunami warning", _H.tsunami, "", "S"),
    ("TSA", "海啸监视", "tsunami watch", _H.tsunami, "", "S"),
    ("TSY", "海啸提示", "tsunami advisory", _H.tsunami, "", "M"),
    ("HWW", "大风警告", "high wind warning", _H.gale, "11B06", "M"),
    ("HWA", "大风监视", "high wind watch", _H.gale, "11B06", "M"),
    ("WIY", "大风提示", "wind advisory", _H.gale, "11B06", "M"),
    ("EWW", "极端大风警告", "extreme wind warning", _H.gale, "11B06", "M"),
    ("DSW", "沙尘暴警告", "dust storm warning", _H.sandstorm, "11B07", "M"),
    ("BZW", "暴风雪警告", "blizzard warning", _H.snowstorm, "11B04", "M"),
    ("WSW", "冬季风暴警告", "winter storm warning", _H.snowstorm, "", "M"),
    ("WSA", "冬季风暴监视", "winter storm watch", _H.snowstorm, "", "M"),
    ("FZW", "冰冻警告", "freeze warning", _H.frost, "11B16", "M"),
    ("FRY", "霜冻提示", "frost advisory", _H.frost, "11B16", "M"),
    ("XHW", "极端高温警告", "extreme heat warning", _H.heat, "11B09", "M"),
    ("HTY", "高温提示", "heat advisory", _H.heat, "11B09", "S"),
    ("XCW", "极端寒冷警告", "extreme cold warning", _H.cold, "", "M"),
    ("FGY", "浓雾提示", "dense fog advisory", _H.fog, "11B17", "M"),
    ("FWW", "红旗警告", "red flag warning", _H.forest_fire, "11B25", "M"),
    ("FWA", "火险监视", "fire weather watch", _H.forest_fire, "11B25", "M"),
    ("EQW", "地震警告", "earthquake warning", _H.earthquake, "11C02", "S"),
    ("LSW", "滑坡警告", "landslide warning", _H.geology, "11D01", "M"),
    ("SPS", "特别天气报告", "special weather statement", _H.other, "", "S"),
))

# eventCode II of the German Weather Service; its level stands beside it as a colour (AREA_COLOR).
DWD = rows("dwd", "DWD CAP profile 2.1, event code II", (
    ("22", "霜冻", "frost", _H.frost, "11B16", "V"),
    ("31", "雷暴", "thunderstorm", _H.lightning, "11B14", "M"),
    ("33", "强雷暴", "severe thunderstorm", _H.thunder_gust, "11B20", "M"),
    ("51", "阵风", "wind gusts", _H.gale, "11B06", "V"),
    ("52", "大风", "gale-force gusts", _H.gale, "11B06", "V"),
    ("53", "强阵风", "severe gusts", _H.gale, "11B06", "M"),
    ("54", "狂风", "violent gusts", _H.gale, "11B06", "M"),
    ("55", "飓风级阵风", "hurricane-force gusts", _H.gale, "11B06", "M"),
    ("59", "大雾", "fog", _H.fog, "11B17", "M"),
    ("61", "强降雨", "heavy rain", _H.rainstorm, "11B03", "V"),
    ("62", "特强降雨", "very heavy rain", _H.rainstorm, "11B03", "M"),
    ("63", "持续降雨", "persistent rain", _H.rainstorm, "11B03", "M"),
    ("64", "持续强降雨", "heavy persistent rain", _H.rainstorm, "11B03", "M"),
    ("70", "小雪", "light snowfall", _H.snowstorm, "", "M"),
    ("71", "降雪", "snowfall", _H.snowstorm, "", "M"),
    ("72", "强降雪", "heavy snowfall", _H.snowstorm, "11B04", "M"),
    ("82", "严重霜冻", "severe frost", _H.frost, "11B16", "M"),
    ("84", "路滑", "slippery roads", _H.road_ice, "11B21", "M"),
    ("85", "路面结冰", "black ice", _H.road_ice, "11B21", "M"),
    ("247", "高温", "strong heat", _H.heat, "11B09", "M"),
    ("248", "极端高温", "extreme heat", _H.heat, "11B09", "M"),
))

GDACS = rows("gdacs", "GDACS CAP, parameter eventtype", (
    ("TC", "热带气旋", "tropical cyclone", _H.typhoon, "11B01", "V"),
    ("EQ", "地震", "earthquake", _H.earthquake, "11C02", "S"),
    ("TS", "海啸", "tsunami", _H.tsunami, "", "S"),
    ("FL", "洪水", "flood", _H.flood, "11A01", "S"),
    ("DR", "干旱", "drought", _H.drought, "11B22", "S"),
    ("WF", "森林火灾", "forest fire", _H.wildfire, "11G01", "V"),
    ("VO", "火山", "volcano", _H.other, "", "S"),
))
