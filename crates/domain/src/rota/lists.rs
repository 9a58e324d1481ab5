//! The coded lists of the rota: duties, shifts, patterns, states.

use crate::kernel::{DAY, HOUR, coded};
use crate::places::PostKind;

coded! {
    /// What somebody is on duty for.
    Duty {
        /// The desk of a station, day and night.
        Desk = "desk", "受理席", "desk";
        /// Who leads a station's shift.
        StationLead = "station_lead", "带班站长", "lead of the station";
        /// Who leads a department in turn.
        UnitLead = "unit_lead", "单位带班", "lead of the unit";
        /// The duty officer of the command room.
        DutyOfficer = "duty_officer", "值班长", "duty officer";
        /// Directs from the command room.
        Command = "command", "指挥席", "command desk";
        /// Checks what was fed back, also at night.
        Checker = "checker", "核查席", "checking desk";
        /// Calls people back.
        Callback = "callback", "回访席", "call-back desk";
        /// The leader of the street on duty.
        LeaderOnDuty = "leader_on_duty", "值班领导", "leader on duty";
        /// Follows up in the grids.
        Grid = "grid", "网格值守", "grid duty";
        /// The crew of the micro fire station.
        MicroFire = "micro_fire", "微型消防站值守", "micro fire station";
    }
}

impl Duty {
    /// The post whose holders do this duty while no rota says who.
    #[must_use]
    pub const fn post(self) -> PostKind {
        match self {
            Self::Desk => PostKind::DeskClerk,
            Self::StationLead => PostKind::StationChief,
            Self::UnitLead => PostKind::UnitHead,
            Self::DutyOfficer => PostKind::DutyOfficer,
            Self::Command => PostKind::CommandOfficer,
            Self::Checker => PostKind::Checker,
            Self::Callback => PostKind::CallbackClerk,
            Self::LeaderOnDuty => PostKind::StreetLeader,
            Self::Grid | Self::MicroFire => PostKind::GridWorker,
        }
    }

    /// The duty by which a post is resolved in rules, if it is done in turns.
    #[must_use]
    pub const fn of(post: PostKind) -> Option<Self> {
        Some(match post.acts_as() {
            PostKind::DeskClerk => Self::Desk,
            PostKind::StationChief => Self::StationLead,
            PostKind::UnitHead => Self::UnitLead,
            PostKind::DutyOfficer => Self::DutyOfficer,
            PostKind::CommandOfficer => Self::Command,
            PostKind::Checker => Self::Checker,
            PostKind::CallbackClerk => Self::Callback,
            PostKind::StreetLeader => Self::LeaderOnDuty,
            PostKind::GridWorker => Self::Grid,
            _ => return None,
        })
    }
}

coded! {
    /// Which part of the day a shift is (`domain.md` §14.7: 早 8–16, 中 16–24, 夜 0–8).
    ShiftKind {
        /// 8 to 16.
        Early = "early", "早班", "early";
        /// 16 to 24.
        Middle = "middle", "中班", "middle";
        /// 0 to 8.
        Night = "night", "夜班", "night";
        /// 8 to 20.
        Day = "day", "白班", "day";
        /// 20 to 8 of the next day.
        Overnight = "overnight", "通宵班", "overnight";
        /// 8:30 to 17:30, on working days.
        Office = "office", "常日班", "office hours";
        /// 8 to 8 of the next day, on call.
        WholeDay = "whole_day", "全日值班", "whole day";
        /// Monday 8:00 to the next Monday 8:00, on call.
        Week = "week", "周值班", "week";
    }
}

impl ShiftKind {
    /// From when to when, in milliseconds after the midnight at which its day begins.
    #[must_use]
    pub const fn hours(self) -> (i64, i64) {
        match self {
            Self::Early => (8 * HOUR, 16 * HOUR),
            Self::Middle => (16 * HOUR, DAY),
            Self::Night => (0, 8 * HOUR),
            Self::Day => (8 * HOUR, 20 * HOUR),
            Self::Overnight => (20 * HOUR, DAY + 8 * HOUR),
            Self::Office => (8 * HOUR + HOUR / 2, 17 * HOUR + HOUR / 2),
            Self::WholeDay => (8 * HOUR, DAY + 8 * HOUR),
            Self::Week => (8 * HOUR, 7 * DAY + 8 * HOUR),
        }
    }

    /// Whether it counts among the nights of a person.
    #[must_use]
    pub const fn is_night(self) -> bool {
        matches!(self, Self::Night | Self::Overnight)
    }

    /// Whether it is on call rather than at work: its hours are not hours of work (值班 is not 加班), and the limits of nights and weeks do not apply.
    #[must_use]
    pub const fn on_call(self) -> bool {
        matches!(self, Self::WholeDay | Self::Week)
    }

    /// The one character with which a sheet marks it.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Early => "早",
            Self::Middle => "中",
            Self::Night => "夜",
            Self::Day => "白",
            Self::Overnight => "宵",
            Self::Office => "常",
            Self::WholeDay => "全",
            Self::Week => "周",
        }
    }
}

coded! {
    /// How a rota lays out its days.
    Pattern {
        /// Early, middle and night every day.
        ThreeShifts = "three_shifts", "三班", "three shifts";
        /// Day and overnight every day.
        DayNight = "day_night", "两班（昼夜）", "day and night";
        /// Office hours of working days; make-up days are worked, holidays are not.
        Office = "office", "常日班（工作日）", "office hours";
        /// Whole days at weekends; a weekend day that is made up for is none.
        Weekend = "weekend", "周末值班", "weekends";
        /// Whole days of holidays by the notice.
        Holiday = "holiday", "节假日值班", "holidays";
        /// Whole days of weekends and holidays.
        OffDays = "off_days", "周末和节假日值班", "weekends and holidays";
        /// One after the other, a week each.
        Weekly = "weekly", "周轮值", "weekly";
    }
}

impl Pattern {
    /// Whether it says of every hour who is on duty, so that an hour without anybody is a gap also beyond its last day.
    #[must_use]
    pub const fn round_the_clock(self) -> bool {
        matches!(self, Self::ThreeShifts | Self::DayNight | Self::Weekly)
    }

    /// When it begins on its first day, in milliseconds after midnight: before that the rota before it still speaks.
    #[must_use]
    pub const fn begins(self) -> i64 {
        match self {
            Self::ThreeShifts => 0,
            Self::DayNight | Self::Office | Self::Weekend | Self::Holiday | Self::OffDays | Self::Weekly => 8 * HOUR,
        }
    }

    /// Whether the holders of the post are there as always outside of its days (weekends are laid out, weekdays go on as they are).
    #[must_use]
    pub const fn leaves_the_rest(self) -> bool {
        matches!(self, Self::Weekend | Self::Holiday | Self::OffDays)
    }
}

coded! {
    /// Life of a rota.
    RotaState {
        /// Being laid out; binds nobody.
        Draft = "draft", "草稿", "draft";
        /// In force; each change is an act with a reason.
        Published = "published", "已发布", "published";
    }
}

coded! {
    /// What somebody asks for about a shift.
    ShiftAsked {
        /// Two people exchange a shift each.
        Swap = "swap", "换班", "swap";
        /// Somebody else takes it.
        Cover = "cover", "顶班", "cover";
        /// Cannot come; with a stand-in or without.
        Absence = "absence", "请假", "absence";
    }
}

coded! {
    /// Life of such an asking: first the other agrees, then the chief decides; who asks never decides.
    ShiftAskingState {
        /// Waits for the other person.
        Asked = "asked", "待对方同意", "waits for the other";
        /// Waits for the chief.
        Agreed = "agreed", "待审批", "waits for approval";
        /// Done.
        Granted = "granted", "已批准", "granted";
        /// The chief says no.
        Denied = "denied", "未批准", "denied";
        /// The other says no.
        Declined = "declined", "对方不同意", "declined";
        /// Taken back by who asked.
        Withdrawn = "withdrawn", "已撤回", "withdrawn";
    }
}

coded! {
    /// What is answered to an asking.
    ShiftAnswer {
        /// The other agrees.
        Agree = "agree", "同意", "agree";
        /// The other does not.
        Decline = "decline", "不同意", "decline";
        /// The chief approves.
        Approve = "approve", "批准", "approve";
        /// The chief refuses.
        Refuse = "refuse", "不批准", "refuse";
        /// Who asked takes it back.
        Withdraw = "withdraw", "撤回", "withdraw";
    }
}

coded! {
    /// How somebody on a call-out list is reached; the number itself is kept with the person, not with the list.
    CallOutBy {
        /// Mobile telephone.
        Mobile = "mobile", "手机", "mobile";
        /// Telephone at work.
        Office = "office", "办公电话", "office telephone";
        /// Intercom.
        Intercom = "intercom", "对讲机", "intercom";
        /// Telephone at home.
        Home = "home", "住宅电话", "home telephone";
    }
}

coded! {
    /// Why a matter is handed to the next shift.
    HandedWhy {
        /// Urgent or extreme and open.
        Urgent = "urgent", "紧急", "urgent";
        /// Past its time.
        Late = "late", "超期", "overdue";
        /// Waits for its call-back.
        NotCalledBack = "not_called_back", "未回访", "not called back";
        /// Its clock ends before the next shift does.
        Promised = "promised", "本班到期", "due in the next shift";
    }
}

coded! {
    /// What somebody is told about duty.
    DutyTold {
        /// A month in which the person has shifts is in force.
        Published = "published", "值班表已发布，请查看您的班次", "A rota with your shifts is in force";
        /// A shift is the person's from now on.
        Given = "given", "您有一个新的班次", "You have a new shift";
        /// A shift is not the person's any more.
        Taken = "taken", "您的一个班次已改由他人值守", "One of your shifts is another's now";
        /// A colleague asks for a swap, a cover or to be stood in for.
        AskedOfYou = "asked_of_you", "有同事请您换班或顶班，请答复", "A colleague asks you to swap or stand in";
        /// An asking waits for the chief.
        ToDecide = "to_decide", "有一项换班或请假待您审批", "A swap or an absence waits for your decision";
        /// One's own asking has been answered.
        Answered = "answered", "您的换班或请假申请有了结果", "Your asking has been answered";
        /// There is no hand-over of a change of shift.
        HandOverMissing = "hand_over_missing", "交接班后 30 分钟仍无记录，请督促补办", "No hand-over half an hour after the change of shift";
    }
}

coded! {
    /// What a plan breaks.
    ConflictKind {
        /// In two places at once.
        Overlap = "overlap", "时间重叠", "overlap";
        /// Too little rest between two shifts.
        Rest = "rest", "班间休息不足", "too little rest";
        /// Too many nights in a row.
        Nights = "nights", "连续夜班过多", "too many nights";
        /// Too many hours in a week.
        Week = "week", "一周工时过多", "too many hours";
        /// Away by an approved absence.
        Away = "away", "请假期间", "away";
        /// Holds no post of the unit any more.
        Gone = "gone", "已不在本单位岗位上", "not of the unit";
    }
}
