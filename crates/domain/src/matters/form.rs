//! Forms: what each act asks for, said once.
//!
//! [`data`] is the one place that names the data of an act. The parser below, the API's schema, the form on the screen and the test that leaves out
//! each datum in turn are all made from it, so they cannot drift apart.

use super::act::ActKind;
use super::lists::{Amendable, Asked, CheckWay, DeclineReason, Flag, Outcome, ReturnReason, Satisfaction, Solved, Source, ToldHow, Verdict};
use crate::dispatch::{Level, Urgency};
use crate::kernel::{AccountId, AskingId, FileId, Instant, Missing, PlaceCode, Refusal, TaskId, UnitId};
use std::collections::BTreeMap;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// What kind of value a datum is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatumKind {
    /// One line, at most 200 characters.
    Text,
    /// Words, at most 20,000 characters.
    Long,
    /// A code of the named list.
    Code(&'static str),
    /// A unit.
    Unit,
    /// Several units.
    Units,
    /// A person of the unit.
    Account,
    /// A point in time, epoch milliseconds.
    Instant,
    /// Yes or no.
    Flag,
    /// An open task of the matter.
    Task,
    /// An open asking of the matter.
    Asking,
    /// Files uploaded before.
    Files,
    /// A place code.
    Place,
    /// A category code.
    Category,
}

impl DatumKind {
    /// The kind's name in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Long => "long",
            Self::Code(_) => "code",
            Self::Unit => "unit",
            Self::Units => "units",
            Self::Account => "account",
            Self::Instant => "instant",
            Self::Flag => "flag",
            Self::Task => "task",
            Self::Asking => "asking",
            Self::Files => "files",
            Self::Place => "place",
            Self::Category => "category",
        }
    }
}

/// When a datum must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Always,
    /// Never; it may be there.
    Never,
    /// If another datum holds one of these codes.
    When(&'static str, &'static [&'static str]),
    /// If another datum is there.
    With(&'static str),
    /// If another datum is not there.
    Without(&'static str),
}

/// One datum of an act's form.
#[derive(Debug, Clone, Copy)]
pub struct Datum {
    /// Its name in the form and in JSON.
    pub name: &'static str,
    /// Its label.
    pub zh: &'static str,
    /// Its label in English.
    pub en: &'static str,
    /// What it holds.
    pub kind: DatumKind,
    /// When it is needed.
    pub need: Need,
}

const fn d(name: &'static str, zh: &'static str, en: &'static str, kind: DatumKind, need: Need) -> Datum {
    Datum { name, zh, en, kind, need }
}

use DatumKind as K;
use Need::{Always, Never, When, With, Without};

const DECLINE: &[Datum] = &[
    d("reason", "理由", "reason", K::Code("decline_reason"), Always),
    d("route", "已告知的正确途径", "the right route that was told", K::Long, Always),
    d("told_how", "告知方式", "how told", K::Code("told_how"), Always),
    d("same_as", "正在受理的事项编号", "number of the matter being handled", K::Text, When("reason", &["D4"])),
    d("handed_over", "移送凭据", "proof of the hand-over", K::Text, When("reason", &["D6"])),
];

/// The data that `act` asks for, in the order of its form.
#[must_use]
pub const fn data(act: ActKind) -> &'static [Datum] {
    match act {
        ActKind::Register => {
            const {
                &[
                    d("said", "说了什么", "what was said", K::Long, Always),
                    d("spot", "哪里", "where", K::Text, Always),
                    d("place", "所属网格或村社", "grid or village", K::Place, Never),
                    d("source", "来源", "source", K::Code("source"), Always),
                    d("urgency", "紧急程度", "urgency", K::Code("urgency"), Always),
                    d("contact_name", "称呼", "name", K::Text, Never),
                    d("contact_phone", "电话", "telephone", K::Text, Without("anonymous_reason")),
                    d("anonymous_reason", "不留电话的原因", "why no contact is left", K::Text, Never),
                    d("title", "标题", "title", K::Text, Never),
                    d("category", "类别", "category", K::Category, Never),
                    d("level", "级别", "level", K::Code("level"), Never),
                    d("channel", "渠道", "channel", K::Text, Never),
                    d("received_at", "收到时间", "received at", K::Instant, Never),
                    d("accused", "被反映的单位", "the unit complained of", K::Unit, Never),
                    d("files", "附件", "files", K::Files, Never),
                ]
            }
        }
        ActKind::Answer => {
            const {
                &[
                    d("outcome", "怎么答复的", "what was answered", K::Long, Always),
                    d("result", "结果", "result", K::Code("result"), Always),
                    d("told_how", "告知方式", "how told", K::Code("told_how"), Always),
                    d("category", "类别", "category", K::Category, Never),
                ]
            }
        }
        ActKind::Ask => {
            const {
                &[
                    d("what", "申请什么", "what is asked", K::Code("asked"), Always),
                    d("reason", "理由", "reason", K::Long, When("what", &["void"])),
                    d("decline_reason", "理由", "reason", K::Code("decline_reason"), When("what", &["decline"])),
                    d("route", "已告知的正确途径", "the right route that was told", K::Long, When("what", &["decline"])),
                    d("told_how", "告知方式", "how told", K::Code("told_how"), When("what", &["decline"])),
                    d("same_as", "正在受理的事项编号", "number of the matter being handled", K::Text, When("decline_reason", &["D4"])),
                    d("handed_over", "移送凭据", "proof of the hand-over", K::Text, When("decline_reason", &["D6"])),
                ]
            }
        }
        ActKind::Decline => DECLINE,
        ActKind::Void => const { &[d("reason", "理由", "reason", K::Long, Always)] },
        ActKind::Approve => const { &[d("asking", "哪项申请", "which asking", K::Asking, Always), d("words", "意见", "remark", K::Long, Never)] },
        ActKind::Refuse => const { &[d("asking", "哪项申请", "which asking", K::Asking, Always), d("reason", "理由", "reason", K::Long, Always)] },
        ActKind::Dispatch => {
            const {
                &[
                    d("lead", "主办", "lead", K::Unit, Always),
                    d("category", "类别", "category", K::Category, Always),
                    d("level", "级别", "level", K::Code("level"), Always),
                    d("assists", "协办", "assists", K::Units, Never),
                    d("assist_what", "协办要做什么", "what the assists must do", K::Long, With("assists")),
                    d("copies", "抄送", "copies", K::Units, Never),
                    d("requirement", "要求", "requirement", K::Long, Never),
                ]
            }
        }
        ActKind::Amend => {
            const {
                &[
                    d("field", "更正哪一项", "which fact", K::Code("amendable"), Always),
                    d("category", "类别", "category", K::Category, When("field", &["category"])),
                    d("place", "所属网格或村社", "grid or village", K::Place, When("field", &["place"])),
                    d("spot", "详细地址", "address", K::Text, When("field", &["spot"])),
                    d("level", "级别", "level", K::Code("level"), When("field", &["level"])),
                    d("urgency", "紧急程度", "urgency", K::Code("urgency"), When("field", &["urgency"])),
                    d("title", "标题", "title", K::Text, When("field", &["title"])),
                    d("parties", "当事人", "parties", K::Long, When("field", &["parties"])),
                    d("accused", "被反映的单位", "the unit complained of", K::Unit, When("field", &["accused"])),
                    d("flag", "标记", "flag", K::Code("flag"), When("field", &["flag"])),
                    d("on", "有此标记", "flag is on", K::Flag, When("field", &["flag"])),
                    d("reason", "理由", "reason", K::Long, Always),
                ]
            }
        }
        ActKind::Accept | ActKind::AutoAccept | ActKind::Escalate | ActKind::Release | ActKind::Retime | ActKind::Acknowledge => const { &[] },
        ActKind::SendBack => {
            const {
                &[
                    d("reason", "退回理由", "reason", K::Code("return_reason"), Always),
                    d("words", "说明", "explanation", K::Long, Always),
                    d("proposal", "建议由谁办", "the right unit", K::Unit, When("reason", &["R1", "R2", "R6"])),
                    d("lacking", "缺什么信息", "what is missing", K::Text, When("reason", &["R3"])),
                    d("same_as", "重复事项的编号", "number of the duplicate", K::Text, When("reason", &["R4"])),
                    d("route", "应走的法定程序", "the procedure by law", K::Text, When("reason", &["R5"])),
                ]
            }
        }
        ActKind::Arbitrate => {
            const {
                &[d("lead", "裁定由谁主办", "the lead by decision", K::Unit, Always), d("words", "裁定理由", "reason of the decision", K::Long, Always)]
            }
        }
        ActKind::Assign => const { &[d("to", "派给谁", "to whom", K::Account, Always), d("words", "要求", "requirement", K::Long, Never)] },
        ActKind::Contact => {
            const {
                &[
                    d("at", "联系时间", "when", K::Instant, Always),
                    d("how", "联系方式", "how", K::Code("contact_how"), Always),
                    d("reached", "联系上了", "reached", K::Flag, Always),
                    d("words", "沟通情况", "what was said", K::Long, Never),
                ]
            }
        }
        ActKind::Record => {
            const {
                &[
                    d("done", "做了什么", "what was done", K::Long, Always),
                    d("files", "照片或材料", "photos or papers", K::Files, Never),
                    d("purpose", "照片是", "the photos show", K::Code("file_purpose"), With("files")),
                ]
            }
        }
        ActKind::Note => const { &[d("words", "备注", "note", K::Long, Always)] },
        ActKind::FeedBack => {
            const {
                &[
                    d("result", "结果", "result", K::Code("result"), Always),
                    d("outcome", "办理情况", "what was done and found", K::Long, Always),
                    d("told_how", "告知方式", "how told", K::Code("told_how"), Always),
                    d("told_at", "告知时间", "told at", K::Instant, When("told_how", &["in_person", "call", "message", "paper"])),
                    d("untold_reason", "未告知的原因", "why not told", K::Text, When("told_how", &["not_told"])),
                    d("files", "材料", "papers", K::Files, Never),
                    d("purpose", "材料是", "the papers show", K::Code("file_purpose"), With("files")),
                ]
            }
        }
        ActKind::Check => {
            const {
                &[
                    d("way", "核查方式", "how", K::Code("check_way"), Always),
                    d("verdict", "核查结论", "verdict", K::Code("verdict"), Always),
                    d("lacking", "还缺什么", "what is missing", K::Long, When("verdict", &["rework"])),
                    d("words", "核查情况", "what was seen", K::Long, Never),
                    d("files", "核查照片", "photos", K::Files, Never),
                ]
            }
        }
        ActKind::CallBack => {
            const {
                &[
                    d("reached", "联系上了", "reached", K::Flag, Always),
                    d("solved", "是否已解决", "solved", K::Code("solved"), When("reached", &["true"])),
                    d("satisfaction", "满意程度", "satisfaction", K::Code("satisfaction"), When("reached", &["true"])),
                    d("timely", "是否及时告知", "told in time", K::Flag, When("reached", &["true"])),
                    d("still_open", "还有什么没解决", "what is still open", K::Long, When("solved", &["partly", "no"])),
                    d("words", "群众原话", "the person's words", K::Long, Never),
                ]
            }
        }
        ActKind::Object => const { &[d("reason", "不同意的理由", "reason", K::Long, Always)] },
        ActKind::Close => const { &[d("result", "结果", "result", K::Code("result"), Always), d("words", "办结意见", "remark", K::Long, Never)] },
        ActKind::Reopen => const { &[d("reason", "理由", "reason", K::Long, Always)] },
        ActKind::Urge => const { &[d("words", "催办内容", "what is urged", K::Long, Always)] },
        ActKind::Archive => const { &[d("words", "归档说明", "remark", K::Text, Never)] },
        ActKind::FinishTask => {
            const {
                &[
                    d("task", "哪项任务", "which task", K::Task, Always),
                    d("done", "完成情况", "what was done", K::Long, Always),
                    d("files", "照片或材料", "photos or papers", K::Files, Never),
                    d("purpose", "照片是", "the photos show", K::Code("file_purpose"), With("files")),
                ]
            }
        }
        ActKind::NamePerson => {
            const {
                &[d("person", "指定谁", "whom", K::Account, Always), d("reason", "为什么需要此人知情", "why this person must know", K::Long, Always)]
            }
        }
        ActKind::UnnamePerson => const { &[d("named", "取消谁", "whom", K::Account, Always), d("reason", "理由", "reason", K::Long, Always)] },
        ActKind::LiftTask => const { &[d("task", "哪项任务", "which task", K::Task, Always), d("reason", "解除理由", "reason", K::Long, Always)] },
    }
}

/// Whether `code` belongs to the list named `list`. An unknown list has no codes.
#[must_use]
pub(super) fn is_code(list: &str, code: &str) -> bool {
    codes(list).iter().any(|(known, _, _)| *known == code)
}

/// The names of all lists that a form may use.
pub const LISTS: &[&str] = &[
    "source",
    "urgency",
    "level",
    "result",
    "decline_reason",
    "return_reason",
    "told_how",
    "contact_how",
    "asked",
    "amendable",
    "flag",
    "file_purpose",
    "check_way",
    "verdict",
    "solved",
    "satisfaction",
];

/// Codes of a list with their Chinese and English terms.
#[must_use]
pub fn codes(list: &str) -> Vec<(&'static str, &'static str, &'static str)> {
    macro_rules! rows {
        ($list:ty) => {
            <$list>::ALL.iter().map(|c| (c.code(), c.zh(), c.en())).collect()
        };
    }
    match list {
        "source" => rows!(Source),
        "urgency" => rows!(Urgency),
        "level" => rows!(Level),
        "result" => rows!(Outcome),
        "decline_reason" => rows!(DeclineReason),
        "return_reason" => rows!(ReturnReason),
        "told_how" => rows!(ToldHow),
        "contact_how" => ToldHow::ALL.iter().filter(|how| **how != ToldHow::NotTold).map(|c| (c.code(), c.zh(), c.en())).collect(),
        // The other kinds of asking come with the rule book; they are refused by name until then.
        "asked" => [Asked::Decline, Asked::Void].iter().map(|c| (c.code(), c.zh(), c.en())).collect(),
        "amendable" => rows!(Amendable),
        "flag" => rows!(Flag),
        "file_purpose" => rows!(super::lists::FilePurpose),
        "check_way" => rows!(CheckWay),
        "verdict" => rows!(Verdict),
        "solved" => rows!(Solved),
        "satisfaction" => rows!(Satisfaction),
        _ => Vec::new(),
    }
}

/// A value as it comes in through a door, before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Raw {
    /// A text or a code.
    Text(String),
    /// Several ids.
    List(Vec<String>),
    /// Yes or no.
    Flag(bool),
    /// An integer (an instant).
    Int(i64),
}

/// Data as they come in: names and raw values.
pub type RawForm = BTreeMap<String, Raw>;

/// The checked data of one act. It can only be made by [`Form::check`], so a rule that holds one need not ask again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    act: ActKind,
    data: RawForm,
}

impl Form {
    /// Checks raw data against the act's form: required data are there, codes belong to their lists, texts are of bearable length (and NFC), nothing unknown.
    ///
    /// # Errors
    /// [`Refusal::Data`] naming *every* datum that is missing or cannot be read, not just the first.
    pub fn check(act: ActKind, raw: RawForm) -> Result<Self, Refusal> {
        let mut clean = RawForm::new();
        let mut missing: Vec<Missing> = Vec::new();
        let specs = data(act);
        for (name, value) in raw {
            match specs.iter().find(|spec| spec.name == name) {
                None => missing.push(Missing { datum: name, why: "not_asked" }),
                Some(spec) => match read(spec.kind, value) {
                    Ok(Some(value)) => {
                        clean.insert(name, value);
                    }
                    Ok(None) => {}
                    Err(why) => missing.push(Missing { datum: name, why }),
                },
            }
        }
        let form = Self { act, data: clean };
        for spec in specs {
            let named = missing.iter().any(|m| m.datum == spec.name);
            if !named && form.needs(spec.need) && !form.data.contains_key(spec.name) {
                missing.push(Missing { datum: spec.name.to_owned(), why: "missing" });
            }
        }
        if missing.is_empty() { Ok(form) } else { Err(Refusal::Data(missing)) }
    }

    fn needs(&self, need: Need) -> bool {
        match need {
            Always => true,
            Never => false,
            With(other) => self.data.contains_key(other),
            Without(other) => !self.data.contains_key(other),
            When(other, codes) => match self.data.get(other) {
                Some(Raw::Text(code)) => codes.contains(&code.as_str()),
                Some(Raw::Flag(on)) => codes.contains(&if *on { "true" } else { "false" }),
                _ => false,
            },
        }
    }

    /// The act that the form belongs to.
    #[must_use]
    pub const fn act(&self) -> ActKind {
        self.act
    }

    /// Every datum that was given, with its specification, in the order of the form.
    pub fn given(&self) -> impl Iterator<Item = (&'static Datum, &Raw)> {
        data(self.act).iter().filter_map(|spec| self.data.get(spec.name).map(|value| (spec, value)))
    }

    /// A text or code that may be absent.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.data.get(name) {
            Some(Raw::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A text that the act needs.
    ///
    /// # Errors
    /// [`Refusal::Data`] if it is not there.
    pub fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }

    /// A code of a closed list that may be absent.
    #[must_use]
    pub fn code<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// A code that the act needs.
    ///
    /// # Errors
    /// [`Refusal::Data`] if it is not there.
    pub fn need_code<T: FromStr>(&self, name: &str) -> Result<T, Refusal> {
        self.code(name).ok_or_else(|| Refusal::missing(name))
    }

    /// Yes or no; absent is no.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.data.get(name), Some(Raw::Flag(true)))
    }

    /// An instant.
    #[must_use]
    pub fn instant(&self, name: &str) -> Option<Instant> {
        match self.data.get(name) {
            Some(Raw::Int(millis)) => Some(Instant(*millis)),
            _ => None,
        }
    }

    fn list(&self, name: &str) -> &[String] {
        match self.data.get(name) {
            Some(Raw::List(items)) => items,
            _ => &[],
        }
    }

    /// A unit.
    #[must_use]
    pub fn unit(&self, name: &str) -> Option<UnitId> {
        self.text(name).map(UnitId::from)
    }

    /// Units; absent is none.
    #[must_use]
    pub fn units(&self, name: &str) -> Vec<UnitId> {
        self.list(name).iter().map(|id| UnitId::from(id.as_str())).collect()
    }

    /// Files; absent is none.
    #[must_use]
    pub fn files(&self) -> Vec<FileId> {
        self.list("files").iter().map(|id| FileId::from(id.as_str())).collect()
    }

    /// A person.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<AccountId> {
        self.text(name).map(AccountId::from)
    }

    /// A place.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<PlaceCode> {
        self.text(name).map(PlaceCode::from)
    }

    /// The task that the act speaks of.
    #[must_use]
    pub fn task(&self) -> Option<TaskId> {
        self.text("task").map(TaskId::from)
    }

    /// The asking that the act speaks of.
    #[must_use]
    pub fn asking(&self) -> Option<AskingId> {
        self.text("asking").map(AskingId::from)
    }
}

/// Reads one raw value as its kind; `None` if it is empty.
fn read(kind: DatumKind, value: Raw) -> Result<Option<Raw>, &'static str> {
    match (kind, value) {
        (K::Flag, Raw::Flag(on)) => Ok(Some(Raw::Flag(on))),
        (K::Instant, Raw::Int(millis)) if (0..=253_402_300_799_999).contains(&millis) => Ok(Some(Raw::Int(millis))),
        (K::Units | K::Files, Raw::List(items)) => {
            let mut seen: Vec<String> = Vec::new();
            for item in items {
                let item = item.trim().to_owned();
                if !item.is_empty() && !seen.contains(&item) {
                    seen.push(item);
                }
            }
            if seen.len() > 50 { Err("too_long") } else { Ok((!seen.is_empty()).then_some(Raw::List(seen))) }
        }
        (K::Text | K::Long | K::Code(_) | K::Unit | K::Account | K::Task | K::Asking | K::Place | K::Category, Raw::Text(text)) => {
            let text: String = text.trim().nfc().filter(|c| !c.is_control() || (matches!(kind, K::Long) && matches!(c, '\n' | '\t'))).collect();
            if text.is_empty() {
                return Ok(None);
            }
            let most = if matches!(kind, K::Long) { 20_000 } else { 200 };
            if text.chars().count() > most {
                return Err("too_long");
            }
            if let K::Code(list) = kind
                && !is_code(list, &text)
            {
                return Err("unknown");
            }
            Ok(Some(Raw::Text(text)))
        }
        _ => Err("bad"),
    }
}
