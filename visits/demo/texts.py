"""The words of the demo: themes, purposes, venues, short accounts, reasons."""

from random import Random

from visits.demo.problems import BOTH, PROBLEMS, RURAL, URBAN, Problem
from visits.rules.activities import Activity

THEMES = {
    RURAL: (
        "第二轮土地承包到期后再延长三十年政策",
        "高标准农田建设与管护",
        "种粮补贴和农业保险",
        "乡村振兴与村集体经济",
        "秸秆禁烧与综合利用",
        "农村人居环境整治",
        "移风易俗、文明乡风",
        "农村饮水安全知识",
        "防返贫监测帮扶政策",
    ),
    URBAN: (
        "老旧小区改造与加装电梯政策",
        "物业管理条例",
        "生活垃圾分类",
        "住宅专项维修资金使用",
        "电动自行车充电安全",
        "社区养老与助餐服务",
        "学区与课后服务政策",
        "创业担保贷款和稳岗政策",
    ),
    BOTH: (
        "党的创新理论",
        "党的二十届四中全会精神",
        "城乡居民医保缴费与待遇",
        "城乡居民养老保险",
        "就业与职业技能培训补贴",
        "信访工作条例",
        "整治形式主义为基层减负",
        "防范电信网络诈骗",
        "冬季用火用电用气安全",
        "食品安全与健康生活",
        "国家助学政策",
        "退役军人优待政策",
        "民法典里的邻里关系",
        "防汛防台避险常识",
        "家庭医生签约服务",
    ),
}
FORMS = ("屋场会", "板凳会", "田头会", "入户宣讲", "微宣讲", "专题党课", "院坝会")
URBAN_FORMS = ("楼道会", "板凳会", "入户宣讲", "微宣讲", "专题党课", "报告会")
VENUES: dict[Activity, dict[str, tuple[str, ...]]] = {
    Activity.PUBLICITY: {
        RURAL: (
            "文化礼堂",
            "农家书屋",
            "村口大树下",
            "党群服务中心",
            "新时代文明实践站",
        ),
        URBAN: ("社区党群服务中心", "小区广场", "新时代文明实践站", "居民议事厅"),
    },
    Activity.STUDY: {
        RURAL: (
            "种粮大户家中",
            "合作社",
            "村卫生室",
            "排灌站",
            "中心小学",
            "高标准农田现场",
        ),
        URBAN: (
            "小区现场",
            "社区卫生服务站",
            "集贸市场",
            "物业服务站",
            "社区助餐点",
            "小学",
        ),
    },
    Activity.RECEPTION: {
        RURAL: ("镇社会矛盾纠纷调解中心", "村便民服务点", "镇接访室"),
        URBAN: ("街道接访室", "社区信访代办点", "社会矛盾纠纷调处中心"),
    },
    Activity.ONSITE: {
        RURAL: ("施工现场", "村委会会议室", "沟渠现场", "道路现场"),
        URBAN: ("改造工地", "小区现场", "社区会议室", "菜场门口"),
    },
}
PURPOSES = {
    Activity.PUBLICITY: (
        "宣讲{theme}，听取群众意见",
        "到基层宣讲{theme}",
        "{form}：{theme}",
    ),
    Activity.STUDY: (
        "{topic}专题调研",
        "蹲点了解{topic}情况",
        "解剖麻雀：{topic}",
        "{topic}问题跟踪调研",
    ),
    Activity.RECEPTION: (
        "接待来访群众，重点了解{topic}",
        "下访接访，现场听取{topic}方面诉求",
        "约访群众，回应{topic}诉求",
    ),
    Activity.ONSITE: (
        "现场办公解决{topic}问题",
        "{topic}现场推进",
        "协调{topic}遗留问题",
    ),
}
OPENINGS = (
    "先到现场后听情况，未安排汇报。",
    "与村组干部、群众代表座谈。",
    "随机走访{n}户，同{m}名群众交谈。",
    "沿路查看，边走边问。",
    "白天看现场，晚上听意见。",
    "到点后自行前往，在群众家中了解情况。",
    "不听汇报，直接查看设施运行。",
    "同一线职工、网格员交流。",
)
MIDDLES = {
    Activity.PUBLICITY: (
        "用身边事讲政策，群众提问{n}个，当场答复。",
        "发放明白纸，重点解释群众关心的条款。",
        "用方言讲解，老人反映听得懂、记得住。",
    ),
    Activity.STUDY: (
        "梳理{topic}方面问题{n}个，已分清镇、县两级责任。",
        "查清{topic}的主要症结，形成初步建议。",
        "比对台账与实际情况，发现{n}处出入。",
    ),
    Activity.RECEPTION: (
        "接待来访群众，能答复的当场答复，其余登记转办。",
        "群众反映集中在{topic}，逐件明确去向。",
    ),
    Activity.ONSITE: (
        "就{topic}现场议定，明确牵头单位和完成时限。",
        "当场能办的当场办，其余限期办结并回访。",
    ),
}
ENDINGS = (
    "下月回访。",
    "由镇里向群众公示进展。",
    "意见已转相关部门研究。",
    "群众对答复表示认可。",
    "未要求村里准备材料。",
    "一个月内反馈结果。",
    "",
)
CANCELLED = (
    "省里临时召开视频会议，改期另行安排",
    "防汛应急响应启动，领导在岗值守",
    "与市有关部门调研时间地点重叠，减少扎堆，取消",
    "领导因公务调整，由分管同志另行前往",
    "当地农忙，群众要求改期",
)
NOT_HELD = (
    "途中接到应急任务返回",
    "大雾封路，未能到达",
    "当事群众临时外出，约定另选时间",
    "现场道路积雪，为安全起见未成行",
    "临时参加上级检查，未成行",
)
CROWDING = (
    "此前走访发现的问题需现场督办，已减少陪同",
    "群众约定的时间，不便更改",
    "项目验收节点临近，只看现场不听汇报",
    "回访上次承诺事项",
    "与先前到访部门内容不同，已协调合并座谈",
)
MATERIALS = (
    "{topic}问题台账",
    "近三年投入情况一页纸",
    "在建项目清单",
    "村情简介",
    "反映问题较多的小区名单",
)


def fill(rng: Random, text: str, **words: str) -> str:
    return text.format(n=rng.randint(2, 9), m=rng.randint(3, 9), **words)


def problems_of(where: str, department: str = "") -> list[Problem]:
    """Matters of that kind of place; if there are any, those of the department."""
    here = [it for it in PROBLEMS if it.where in (where, BOTH)]
    own = [it for it in here if department.endswith(it.unit)]
    return own or here


def theme_of(rng: Random, where: str) -> str:
    return rng.choice(THEMES[where] + THEMES[BOTH])


def purpose_of(rng: Random, activity: str, where: str, problem: Problem) -> str:
    return rng.choice(PURPOSES[Activity(activity)]).format(
        theme=theme_of(rng, where),
        topic=problem.topic,
        form=rng.choice(FORMS if where == RURAL else URBAN_FORMS),
    )


def summary_of(rng: Random, activities: list[str], problem: Problem) -> str:
    parts = [rng.choice(OPENINGS)]
    parts += [rng.choice(MIDDLES[Activity(it)]) for it in activities]
    parts.append(rng.choice(ENDINGS))
    return fill(rng, "".join(parts), topic=problem.topic)
