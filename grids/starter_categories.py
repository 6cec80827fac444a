"""The set of categories with which a street begins: five classes of components, six of events.

Classes, subclasses and closing standards follow the lists quoted in domain.md §4.2 and the table of limits of a
district in §4.4. The national standard's numbers of the subclasses are not published with those lists, so the
codes are the house's own: two signs for the class (0x components, 1x events), two for the subclass. All of it is
data that a street edits in the admin, in editions.
"""

from grids.models import CaseCategory, LimitUnit

EDITION = "2020"
COMPONENT, EVENT = CaseCategory.Kind.COMPONENT, CaseCategory.Kind.EVENT
HOUR, DAY, URGENT = LimitUnit.HOUR, LimitUnit.DAY, LimitUnit.URGENT

Line = tuple[str, str, int, LimitUnit, str, bool]
"""number of the subclass, name, limit, its measure, closing standard, whether residents are offered it"""

CATEGORIES: list[tuple[CaseCategory.Kind, str, str, bool, list[Line]]] = [
    # (kind, number of the class, its name, whether the response is urgent, subclasses)
    (
        COMPONENT, "01", "公用设施", False,
        [
            ("01", "井盖异常", 2, DAY, "复位或更换，周边平整", True),
            ("02", "路面破损", 5, DAY, "修补平整，无积水", True),
            ("03", "路灯故障", 2, DAY, "恢复照明", True),
            ("04", "护栏损坏", 3, DAY, "修复或更换", True),
            ("05", "通信线缆散乱", 3, DAY, "捆扎整齐或拆除废线", True),
            ("06", "消防栓损坏", 1, DAY, "修复可用", True),
            ("07", "箱体破损", 3, DAY, "修复、关闭箱门", False),
        ],
    ),
    (
        COMPONENT, "02", "交通设施", False,
        [
            ("01", "交通标志破损", 3, DAY, "修复或更换", True),
            ("02", "交通标线不清", 5, DAY, "重新施划", True),
            ("03", "信号灯故障", 4, HOUR, "恢复正常", True),
            ("04", "地桩地锁", 3, DAY, "拆除，地面复原", True),
            ("05", "公交站亭破损", 3, DAY, "修复或更换", True),
        ],
    ),
    (
        COMPONENT, "03", "市容环境设施", False,
        [
            ("01", "垃圾箱满溢或破损", 4, HOUR, "清运、擦洗或更换", True),
            ("02", "公厕设施损坏", 2, DAY, "修复可用", True),
            ("03", "果皮箱缺失", 3, DAY, "补齐", False),
            ("04", "垃圾箱未加盖", 4, HOUR, "加盖并擦洗", False),
            ("05", "户外广告牌破损", 3, DAY, "修复或拆除", True),
        ],
    ),
    (
        COMPONENT, "04", "园林绿化设施", False,
        [
            ("01", "树池绿地损坏", 5, DAY, "补植修复", True),
            ("02", "行道树枯死或倾斜", 3, DAY, "扶正、修剪或补植", True),
            ("03", "园林小品损坏", 5, DAY, "修复或更换", False),
        ],
    ),
    (
        COMPONENT, "05", "其他部件", False,
        [
            ("01", "充电桩故障", 3, DAY, "恢复使用并张贴告示", True),
            ("02", "健身器材损坏", 5, DAY, "修复或停用并张贴告示", True),
            ("03", "宣传栏破损", 3, DAY, "修复，画面完好", False),
            ("04", "无障碍设施损坏", 3, DAY, "修复可用，通道畅通", True),
        ],
    ),
    (
        EVENT, "11", "市容环境", False,
        [
            ("01", "暴露垃圾", 4, HOUR, "彻底清理", True),
            ("02", "积存渣土", 2, DAY, "清运并查处", True),
            ("03", "道路不洁", 2, HOUR, "路面整洁", True),
            ("04", "绿地脏乱", 4, HOUR, "清理干净", True),
            ("05", "路面积水", 4, HOUR, "排除积水", True),
            ("06", "沿街晾晒", 1, DAY, "劝导收回", True),
            ("07", "私搭乱建", 7, DAY, "依法处置", True),
            ("08", "建筑垃圾", 4, HOUR, "清理、查处", True),
            ("09", "水域不洁", 1, DAY, "打捞干净", True),
            ("10", "打包垃圾", 4, HOUR, "清运", False),
            ("11", "绿化损坏", 5, DAY, "补植修复", True),
        ],
    ),
    (
        EVENT, "12", "宣传广告", False,
        [
            ("01", "非法小广告", 1, DAY, "清除并恢复原貌", True),
            ("02", "违规户外广告", 5, DAY, "拆除或补办手续", True),
            ("03", "公益广告破损", 2, DAY, "更换，画面完好", True),
            ("04", "街头散发广告", 2, HOUR, "劝离，清理散落广告", False),
            ("05", "广告用字不规范", 5, DAY, "改正或更换", False),
            ("06", "违规横幅", 1, DAY, "拆除", False),
        ],
    ),
    (
        EVENT, "13", "施工管理", False,
        [
            ("01", "工地扬尘", 1, DAY, "落实降尘措施", True),
            ("02", "施工占道", 2, DAY, "恢复通行", True),
            ("03", "施工扰民", 4, HOUR, "停止扰民作业", True),
            ("04", "施工废弃料", 1, DAY, "清运干净", True),
        ],
    ),
    (
        EVENT, "14", "街面秩序", False,
        [
            ("01", "占道经营", 4, HOUR, "劝离，恢复通行", True),
            ("02", "店外经营", 4, HOUR, "物品收回店内", True),
            ("03", "机动车乱停放", 4, HOUR, "驶离或按位停放", True),
            ("04", "非机动车乱停放", 4, HOUR, "摆放整齐", True),
            ("05", "飞线充电", 2, DAY, "拆除并劝导", True),
            ("06", "楼道堆物", 2, DAY, "清理，通道畅通", True),
            ("07", "犬只扰民", 2, DAY, "劝导并登记", True),
            ("08", "无照经营", 4, HOUR, "劝离并告知办证", False),
            ("09", "乱堆物料", 1, DAY, "清理，恢复通行", True),
            ("10", "违规撑伞", 4, HOUR, "收回", False),
            ("11", "流浪乞讨", 2, HOUR, "告知救助并护送", False),
            ("12", "黑车拉客", 2, HOUR, "劝离并移交", False),
        ],
    ),
    (
        EVENT, "15", "突发事件", True,
        [
            ("01", "管道破裂", 8, URGENT, "抢修完毕，恢复使用", True),
            ("02", "路面塌陷", 24, URGENT, "围挡警示，抢修平整", True),
            ("03", "道路严重积水", 4, URGENT, "排除积水，恢复通行", True),
            ("04", "火灾隐患", 4, URGENT, "消除隐患", True),
        ],
    ),
    (
        EVENT, "16", "公共场所", False,
        [
            ("01", "公共场所吸烟", 4, HOUR, "劝阻，补齐禁烟标识", True),
            ("02", "服务管理不规范", 3, DAY, "整改并公示", True),
            ("03", "消防通道堵塞", 1, DAY, "清理，通道畅通", True),
        ],
    ),
]  # fmt: skip
