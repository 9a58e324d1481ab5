//! The closed lists of a matter's life. Codes are those of `domain.md` §10; the Chinese terms are the screen's.

use crate::kernel::coded;

coded! {
    /// Where a matter stands (`domain.md` §10.1). All states exist from the first day; not every act that leads to them is built yet.
    State {
        Registered = "registered", "已登记", "registered";
        Offered = "offered", "已交办", "offered";
        Working = "working", "办理中", "being worked on";
        Paused = "paused", "中止", "paused by law";
        Shelved = "shelved", "挂账", "shelved with a plan";
        Returned = "returned", "已退回", "returned";
        FedBack = "fed_back", "已反馈", "fed back";
        Callback = "callback", "待回访", "waiting for the call-back";
        Closed = "closed", "已办结", "closed";
        Archived = "archived", "已归档", "archived";
        Declined = "declined", "不予受理", "declined and led on";
        Void = "void", "已作废", "void";
    }
}

impl State {
    /// Whether somebody must still act: an open matter has one accountable owner and one governing clock.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Registered | Self::Offered | Self::Working | Self::Paused | Self::Shelved | Self::Returned | Self::FedBack | Self::Callback => true,
            Self::Closed | Self::Archived | Self::Declined | Self::Void => false,
        }
    }
}

coded! {
    /// Flags beside the state (`domain.md` §10.1): they never move a matter by themselves.
    Flag {
        Supervised = "supervised", "督办", "supervised";
        Joint = "joint", "联合办理", "joint";
        Confidential = "confidential", "保密", "confidential";
        Minor = "minor", "涉未成年人", "minor involved";
        DomesticViolence = "domestic_violence", "涉家暴", "domestic violence";
        Group = "group", "群体", "group";
        Repeat = "repeat", "重复", "repeat";
        LawfulRoute = "lawful_route", "引导法定途径", "led to a lawful route";
        Opinion = "opinion", "舆情", "public opinion";
    }
}

impl Flag {
    /// How carefully a matter with this flag is treated (`domain.md` §10.8).
    #[must_use]
    pub const fn care(self) -> Care {
        match self {
            Self::Confidential => Care::Confidential,
            Self::Minor | Self::DomesticViolence => Care::Protected,
            Self::Supervised | Self::Joint | Self::Group | Self::Repeat | Self::LawfulRoute | Self::Opinion => Care::Open,
        }
    }
}

coded! {
    /// Who may see a matter beyond the usual scope (`domain.md` §10.8).
    Care {
        Open = "open", "一般", "ordinary";
        Protected = "protected", "特殊保护", "protected person";
        Confidential = "confidential", "保密", "confidential accusation";
    }
}

coded! {
    /// Where a report came from.
    Source {
        Call = "call", "群众来电", "call";
        Visit = "visit", "群众来访", "visit";
        Online = "online", "网上提交", "online";
        Patrol = "patrol", "巡查发现", "found on patrol";
        Police = "police", "110 转办", "from the police";
        Hotline = "hotline", "12345 转办", "from the hotline";
        Petition = "petition", "信访", "petition";
        Court = "court", "法院委派", "referred by the court";
        Upper = "upper", "上级交办", "from the upper tier";
        Import = "import", "清单导入", "imported list";
    }
}

coded! {
    /// Result of a matter (`domain.md` §10.4 no. 1).
    Outcome {
        Met = "met", "诉求满足", "met";
        PartlyMet = "partly_met", "部分满足", "partly met";
        Explained = "explained", "解释说明", "explained";
        NotSupported = "not_supported", "不支持", "not supported";
        MediatedOral = "mediated_oral", "调解成功（口头）", "mediated, oral";
        MediatedWritten = "mediated_written", "调解成功（书面）", "mediated, in writing";
        MediatedConfirmed = "mediated_confirmed", "调解成功（已确认）", "mediated, confirmed by the court";
        MediationFailed = "mediation_failed", "调解不成已告知途径", "mediation failed, routes told";
        Settled = "settled", "自行和解", "settled between the parties";
        Withdrawn = "withdrawn", "撤回", "withdrawn";
        LawfulProcedure = "lawful_procedure", "已转法定程序", "moved to a procedure by law";
        Transferred = "transferred", "已移送有权单位", "handed to the competent body";
        Merged = "merged", "重复并案", "merged as a duplicate";
        NotFound = "not_found", "查无此事", "nothing of the kind found";
        Unreachable = "unreachable", "无法联系", "nobody reachable";
    }
}

coded! {
    /// Why a station leads on instead of taking a matter (`domain.md` §10.3 `decline`).
    DeclineReason {
        InProceedings = "D1", "已在诉讼、仲裁、复议中", "already in court, arbitration or review";
        Emergency = "D2", "属 110/119/120", "for 110, 119 or 120";
        Discipline = "D3", "属纪检监察", "for discipline inspection";
        SameMatter = "D4", "同一事项正在受理", "the same matter is being handled";
        NoRequest = "D5", "无实际诉求", "no actual request";
        OtherBody = "D6", "属其他机关（移送）", "for another body (handed over)";
    }
}

coded! {
    /// Why a unit sends back (`domain.md` §10.3 `send_back`).
    ReturnReason {
        NotOurDuty = "R1", "不属本单位职责", "not our duty";
        NotOurPlace = "R2", "不属本辖区", "not our place";
        Unclear = "R3", "信息不足", "not enough information";
        Duplicate = "R4", "重复", "duplicate";
        LawfulProcedure = "R5", "应走法定程序", "needs a procedure by law";
        NeedsUpper = "R6", "需上级或部门牵头", "needs the upper tier or a department to lead";
    }
}

coded! {
    /// How somebody was told.
    ToldHow {
        InPerson = "in_person", "当面", "in person";
        Call = "call", "电话", "by telephone";
        Message = "message", "短信", "by message";
        Paper = "paper", "书面", "in writing";
        NotTold = "not_told", "未告知", "not told";
    }
}

coded! {
    /// What an asking asks for (`domain.md` §10.1).
    Asked {
        Decline = "decline", "不予受理", "to decline";
        Void = "void", "作废", "to void";
        Extension = "extension", "延期", "an extension";
        Pause = "pause", "中止", "a pause";
        EarlyFeedBack = "early_feed_back", "提前反馈", "to feed back early";
        Level = "level", "调整级别", "another level";
    }
}

coded! {
    /// Life of an asking.
    AskingState {
        Open = "open", "待决定", "waiting";
        Granted = "granted", "同意", "granted";
        Denied = "denied", "不同意", "denied";
    }
}

coded! {
    /// Life of a task (`domain.md` §10.1).
    TaskState {
        Open = "open", "未完成", "open";
        Done = "done", "已完成", "done";
        Lifted = "lifted", "已解除", "lifted";
    }
}

coded! {
    /// What a task is for.
    TaskKind {
        Assist = "assist", "协办", "assist";
        Assigned = "assigned", "派单", "assigned";
        FollowUp = "follow_up", "后续跟进", "follow-up";
    }
}

coded! {
    /// What a check found.
    Verdict {
        Pass = "pass", "属实，通过", "confirmed";
        Rework = "rework", "不通过，返工", "to be done again";
    }
}

coded! {
    /// How a check was made.
    CheckWay {
        Site = "site", "现场核查", "on the spot";
        Papers = "papers", "材料核查", "by the papers";
        Call = "call", "电话核查", "by telephone";
    }
}

coded! {
    /// The person's answer at a call-back: is it solved?
    Solved {
        Yes = "yes", "已解决", "solved";
        Partly = "partly", "部分解决", "partly solved";
        No = "no", "未解决", "not solved";
    }
}

coded! {
    /// Satisfaction (`domain.md` §13.8).
    Satisfaction {
        VeryGood = "5", "很满意", "very satisfied";
        Good = "4", "满意", "satisfied";
        Fair = "3", "一般", "neither";
        Bad = "2", "不满意", "dissatisfied";
        VeryBad = "1", "很不满意", "very dissatisfied";
    }
}

coded! {
    /// Which fact `amend` corrects.
    Amendable {
        Category = "category", "类别", "category";
        Place = "place", "地点", "place";
        Spot = "spot", "详细地址", "address";
        Level = "level", "级别", "level";
        Urgency = "urgency", "紧急程度", "urgency";
        Title = "title", "标题", "title";
        Parties = "parties", "当事人", "parties";
        Flag = "flag", "标记", "flag";
        Accused = "accused", "被反映的单位", "unit complained of";
    }
}

coded! {
    /// What a file shows.
    FilePurpose {
        Before = "before", "处置前", "before";
        After = "after", "处置后", "after";
        Site = "site", "现场", "on the spot";
        Paper = "paper", "材料", "paper";
    }
}

coded! {
    /// How a clock ended.
    ClockOutcome {
        Met = "met", "按时", "in time";
        Late = "late", "超时", "late";
        Moot = "moot", "不再适用", "no longer applies";
    }
}

coded! {
    /// How near the governing clock is to its due time; carried by the steps that fired, so that counts need no clock.
    Phase {
        Normal = "normal", "正常", "normal";
        Soon = "soon", "临期", "due soon";
        Late = "late", "超期", "overdue";
    }
}
