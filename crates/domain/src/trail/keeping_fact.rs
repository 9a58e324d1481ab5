//! Facts of the chain of keeping: rules of retention, lists of destruction, what was erased, certificates, requests of persons.
//!
//! An erasure is an act like any other. It names ids and numbers, never a text; so the chain that proves it has nothing that would have to be erased from it.

use super::Said;
use super::retention::{CountsFrom, Rule};
use crate::kernel::{AccountId, DestructionId, FileId, Instant, MatterId, ReportId, Retention, SubjectRequestId, WordsId, coded};
use crate::matters::Care;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

coded! {
    /// Where a list of destruction comes from.
    Origin {
        /// Keeping times that have ended.
        Retention = "retention", "保管期满", "keeping time ended";
        /// A person's request.
        Subject = "subject", "个人请求", "a person's request";
    }
}

coded! {
    /// Where a list of destruction stands. Who asks never decides.
    ListState {
        /// Made by the sweeper.
        Proposed = "proposed", "待申请", "proposed";
        /// An archivist asks for it.
        Asked = "asked", "待审批", "asked for";
        /// Somebody else approved it; it is carried out at the next turn.
        Approved = "approved", "待销毁", "approved";
        /// Refused: nothing is destroyed.
        Refused = "refused", "不同意", "refused";
        /// Destroyed, certificate made.
        Done = "done", "已销毁", "destroyed";
    }
}

coded! {
    /// What a person asks about the data on himself (个人信息保护法 art. 45–47).
    RequestKind {
        /// A copy of it.
        Copy = "copy", "查阅复制", "copy";
        /// Something of it is wrong.
        Correct = "correct", "更正", "correction";
        /// It is to be erased.
        Erase = "erase", "删除", "erasure";
    }
}

coded! {
    /// What became of a person's request.
    RequestOutcome {
        /// Done as asked.
        Done = "done", "已办理", "done";
        /// Refused: the data must be kept, on the basis that is named.
        MustKeep = "must_keep", "依法须保留", "must be kept by law";
        /// Done where nothing needs the data any more; the rest must be kept, on the basis that is named.
        Partly = "partly", "部分办理，其余依法须保留", "done in part, the rest must be kept by law";
        /// Nothing on this person is held.
        Nothing = "nothing", "没有相关信息", "nothing held";
    }
}

/// One matter's texts of one class on a list, spoken until an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The matter.
    pub matter: MatterId,
    /// The class of its texts.
    pub class: Retention,
    /// The rule of retention.
    pub rule: String,
    /// Texts spoken until then.
    pub until_at: Instant,
    /// When their keeping time ended.
    pub due_at: Instant,
    /// How many texts.
    pub texts: i64,
    /// How many files.
    pub files: i64,
    /// Only the contacts of these reports, for a person's own request; empty for all texts of the class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ReportId>,
    /// With them also what the person said in these reports, as the request decided.
    #[serde(default, skip_serializing_if = "is_false")]
    pub said: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_false(on: &bool) -> bool {
    !*on
}

/// One fact about keeping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum KeepingFact {
    /// The installation's own rule of retention.
    RuleSet {
        /// Its id.
        rule: String,
        /// Which class.
        class: Retention,
        /// Beginning of the category's code.
        category: String,
        /// Months; none for good.
        months: Option<i64>,
        /// From when they count.
        counts_from: CountsFrom,
        /// Legal basis.
        basis: String,
        /// Purpose.
        purpose: String,
    },
    /// A list was made.
    Listed {
        /// Its id.
        list: DestructionId,
        /// Its number.
        number: String,
        /// Where it comes from.
        origin: Origin,
        /// The class of its matters: who may not see the class may not see the list.
        care: Care,
        /// What is on it.
        items: Vec<Item>,
    },
    /// Somebody asks that a list be destroyed.
    ListAsked {
        /// The list.
        list: DestructionId,
        /// Who.
        by: AccountId,
    },
    /// Somebody else decided.
    ListDecided {
        /// The list.
        list: DestructionId,
        /// Approved or refused.
        state: ListState,
        /// Who.
        by: AccountId,
        /// Why, if refused.
        reason: Option<Said>,
    },
    /// Texts and files of one item are gone.
    WordsErased {
        /// The list.
        list: DestructionId,
        /// The matter.
        matter: MatterId,
        /// The class.
        class: Retention,
        /// The texts.
        words: Vec<WordsId>,
        /// The files whose bytes went with them.
        files: Vec<FileId>,
    },
    /// A single text was erased because another took its place (a correction).
    WordsReplaced {
        /// The request.
        request: SubjectRequestId,
        /// The texts.
        words: Vec<WordsId>,
    },
    /// A list is done; this is the digest of its signed certificate.
    Certified {
        /// The list.
        list: DestructionId,
        /// SHA-256 of the certificate's text.
        digest: String,
    },
    /// A person's request was answered.
    Answered {
        /// Its id.
        request: SubjectRequestId,
        /// What was asked.
        kind: RequestKind,
        /// How it was made sure who asks.
        identity: Said,
        /// In how many matters the person has a part.
        matters: i64,
        /// What became of it.
        outcome: RequestOutcome,
        /// On which legal basis.
        basis: String,
        /// The list by which something was erased.
        list: Option<DestructionId>,
    },
}

/// A list as the facts give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its number.
    pub number: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The class of its matters.
    pub care: Care,
    /// Where it stands.
    pub state: ListState,
    /// When it was made.
    pub proposed_at: Instant,
    /// Who asked, and when.
    pub asked: Option<(AccountId, Instant)>,
    /// Who decided, and when.
    pub decided: Option<(AccountId, Instant)>,
    /// Why it was refused.
    pub reason: Option<(WordsId, crate::kernel::Commit)>,
    /// When it was done.
    pub done_at: Option<Instant>,
}

/// A person's request as the facts give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What was asked.
    pub kind: RequestKind,
    /// When.
    pub at: Instant,
    /// Who answered.
    pub taken_by: AccountId,
    /// How it was made sure who asks.
    pub identity: (WordsId, crate::kernel::Commit),
    /// In how many matters the person has a part.
    pub matters: i64,
    /// What became of it.
    pub outcome: RequestOutcome,
    /// On which basis.
    pub basis: String,
    /// The list by which something was erased.
    pub list: Option<DestructionId>,
}

/// Key of an item: list, matter, class.
pub type ItemKey = (DestructionId, MatterId, Retention);

/// The fold of the chain of keeping: what its rows must say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeepingTable {
    /// The installation's own rules.
    pub rules: BTreeMap<String, Rule>,
    /// Lists.
    pub lists: BTreeMap<DestructionId, List>,
    /// Their items, and when each was erased.
    pub items: BTreeMap<ItemKey, (Item, Option<Instant>)>,
    /// Texts that were erased, and when.
    pub words: BTreeMap<String, Instant>,
    /// Files that were erased, and when.
    pub files: BTreeMap<FileId, Instant>,
    /// Digests of certificates by number, with their list.
    pub certificates: BTreeMap<String, (DestructionId, String, Instant)>,
    /// Requests.
    pub requests: BTreeMap<SubjectRequestId, Request>,
    /// Matters of which something was erased: their search text was made anew.
    pub touched: BTreeSet<MatterId>,
}

impl KeepingTable {
    /// Folds one fact in.
    pub fn apply(&mut self, at: Instant, by: &AccountId, fact: &KeepingFact) {
        match fact {
            KeepingFact::RuleSet { rule, class, category, months, counts_from, basis, purpose } => {
                let row = Rule {
                    id: rule.clone(),
                    class: *class,
                    category: category.clone(),
                    months: *months,
                    counts_from: *counts_from,
                    basis: basis.clone(),
                    purpose: purpose.clone(),
                };
                self.rules.insert(rule.clone(), row);
            }
            KeepingFact::Listed { list, number, origin, care, items } => {
                let row = List {
                    number: number.clone(),
                    origin: *origin,
                    care: *care,
                    state: ListState::Proposed,
                    proposed_at: at,
                    asked: None,
                    decided: None,
                    reason: None,
                    done_at: None,
                };
                self.lists.insert(list.clone(), row);
                for item in items {
                    self.items.insert((list.clone(), item.matter.clone(), item.class), (item.clone(), None));
                }
            }
            KeepingFact::ListAsked { list, by } => {
                if let Some(row) = self.lists.get_mut(list) {
                    (row.state, row.asked) = (ListState::Asked, Some((by.clone(), at)));
                }
            }
            KeepingFact::ListDecided { list, state, by, reason } => {
                if let Some(row) = self.lists.get_mut(list) {
                    (row.state, row.decided) = (*state, Some((by.clone(), at)));
                    row.reason = reason.as_ref().map(|said| (said.words.clone(), said.commit.clone()));
                }
            }
            KeepingFact::WordsErased { list, matter, class, words, files } => {
                if let Some(item) = self.items.get_mut(&(list.clone(), matter.clone(), *class)) {
                    item.1 = Some(at);
                }
                self.words.extend(words.iter().map(|id| (id.0.clone(), at)));
                self.files.extend(files.iter().map(|id| (id.clone(), at)));
                self.touched.insert(matter.clone());
            }
            KeepingFact::WordsReplaced { words, .. } => self.words.extend(words.iter().map(|id| (id.0.clone(), at))),
            KeepingFact::Certified { list, digest } => {
                if let Some(row) = self.lists.get_mut(list) {
                    (row.state, row.done_at) = (ListState::Done, Some(at));
                    self.certificates.insert(row.number.clone(), (list.clone(), digest.clone(), at));
                }
            }
            KeepingFact::Answered { request, kind, identity, matters, outcome, basis, list } => {
                let row = Request {
                    kind: *kind,
                    at,
                    taken_by: by.clone(),
                    identity: (identity.words.clone(), identity.commit.clone()),
                    matters: *matters,
                    outcome: *outcome,
                    basis: basis.clone(),
                    list: list.clone(),
                };
                self.requests.insert(request.clone(), row);
            }
        }
    }

    /// The texts that a fact commits to.
    #[must_use]
    pub fn said(fact: &KeepingFact) -> Option<&Said> {
        match fact {
            KeepingFact::ListDecided { reason, .. } => reason.as_ref(),
            KeepingFact::Answered { identity, .. } => Some(identity),
            _ => None,
        }
    }
}
