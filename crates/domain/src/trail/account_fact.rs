//! Facts of the chains that are not a matter's: accounts, posts, sensitive reads.

use super::Said;
use crate::kernel::{AccountId, DelegationId, HoldingId, Instant, PostId, TokenId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One fact about an account. Secrets are never in an event; that one was set is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum AccountFact {
    /// An account was made.
    AccountOpened {
        /// Its id.
        account: AccountId,
        /// The name to log in with.
        login: String,
        /// Whether it is an account of the demonstration.
        demo: bool,
    },
    /// A password was set; whether it must be changed at the next log-in.
    PasswordSet {
        /// The account.
        account: AccountId,
        /// Must be changed.
        must_change: bool,
    },
    /// An account was closed or opened again.
    Enabled {
        /// The account.
        account: AccountId,
        /// Whether it may log in.
        on: bool,
    },
    /// A post was given to a person.
    Held {
        /// Id of the holding.
        holding: HoldingId,
        /// The account.
        account: AccountId,
        /// The post.
        post: PostId,
        /// From when.
        from_at: Instant,
        /// Until when, or open.
        to_at: Option<Instant>,
    },
    /// A holding ends at this instant.
    HoldingEnded {
        /// Id of the holding.
        holding: HoldingId,
        /// When.
        to_at: Instant,
    },
    /// A holder let a colleague sit on the post for a while.
    Delegated {
        /// Id of the delegation.
        delegation: DelegationId,
        /// Who holds the post.
        account: AccountId,
        /// Who acts in that name.
        deputy: AccountId,
        /// The post.
        post: PostId,
        /// From when.
        from_at: Instant,
        /// Until when; a delegation always has an end.
        to_at: Instant,
    },
    /// A delegation ended before its time.
    DelegationEnded {
        /// Id of the delegation.
        delegation: DelegationId,
        /// When.
        to_at: Instant,
    },
    /// The second factor is asked for from now on, or no more.
    SecondFactor {
        /// The account.
        account: AccountId,
        /// Whether it is asked for.
        on: bool,
    },
    /// A recovery code was used in place of the second factor.
    Recovered {
        /// The account.
        account: AccountId,
        /// How many are left.
        left: i64,
    },
    /// A locked account was opened before its time.
    Unlocked {
        /// The account.
        account: AccountId,
    },
    /// Sessions were ended by somebody, or by something that ends them all.
    SessionsEnded {
        /// Whose.
        account: AccountId,
        /// How many.
        n: i64,
    },
    /// The open work of somebody who left passed to the units.
    WorkPassed {
        /// Whose it was.
        account: AccountId,
        /// How many matters.
        matters: i64,
        /// How many tasks.
        tasks: i64,
    },
    /// A token for scripts was made.
    TokenMade {
        /// Its id.
        token: TokenId,
        /// The account that it acts for.
        account: AccountId,
        /// When it ends.
        expires_at: Instant,
        /// What it may do ([`crate::accounts::Reach`]); tokens from before it was said may do all.
        #[serde(default = "all")]
        reach: String,
    },
    /// A token was revoked.
    TokenRevoked {
        /// Its id.
        token: TokenId,
    },
    /// Too many wrong passwords: locked until.
    Locked {
        /// The account.
        account: AccountId,
        /// Until when.
        until: Instant,
    },
    /// The page of a matter that needs care was opened.
    Opened {
        /// What: `page`.
        what: String,
    },
    /// A person was named for a matter that needs care, or is no longer: from here on he may, or may not, read it. The reason stands in the matter's own event.
    Admitted {
        /// The person.
        account: AccountId,
        /// Named, or no longer.
        on: bool,
    },
    /// A sensitive datum was looked at.
    Viewed {
        /// What: `phone` of a report.
        what: String,
        /// Id of the words that were shown.
        words: String,
        /// Why; the words themselves are kept apart, like all that people write.
        reason: Said,
    },
}

fn all() -> String {
    crate::accounts::Reach::All.text()
}

/// What the chain says of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The name to log in with.
    pub login: String,
    /// Whether it is of the demonstration.
    pub demo: bool,
    /// Whether the password must be changed first.
    pub must_change: bool,
    /// Whether it may log in.
    pub enabled: bool,
    /// Whether it is asked for a second factor.
    pub second_factor: bool,
}

/// What the chain says of a delegation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationRow {
    /// Who holds the post.
    pub account: AccountId,
    /// Who acts in that name.
    pub deputy: AccountId,
    /// The post.
    pub post: PostId,
    /// From when.
    pub from_at: Instant,
    /// Until when.
    pub to_at: Instant,
}

/// What the chain says of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// The account that it acts for.
    pub account: AccountId,
    /// When it ends.
    pub expires_at: Instant,
    /// What it may do.
    pub reach: String,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// The fold of the accounts' chain: what the account, holding, delegation and token rows must say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountTable {
    /// Accounts.
    pub accounts: BTreeMap<AccountId, AccountRow>,
    /// Holding → (account, post, from, to).
    pub holdings: BTreeMap<HoldingId, (AccountId, PostId, Instant, Option<Instant>)>,
    /// Delegations.
    pub delegations: BTreeMap<DelegationId, DelegationRow>,
    /// Tokens.
    pub tokens: BTreeMap<TokenId, TokenRow>,
}

impl AccountTable {
    /// Folds one fact in.
    pub fn apply(&mut self, fact: &AccountFact) {
        match fact {
            AccountFact::AccountOpened { account, login, demo } => {
                let row = AccountRow { login: login.clone(), demo: *demo, must_change: false, enabled: true, second_factor: false };
                self.accounts.insert(account.clone(), row);
            }
            AccountFact::PasswordSet { account, must_change } => self.account(account, |row| row.must_change = *must_change),
            AccountFact::Enabled { account, on } => self.account(account, |row| row.enabled = *on),
            AccountFact::SecondFactor { account, on } => self.account(account, |row| row.second_factor = *on),
            AccountFact::Held { holding, account, post, from_at, to_at } => {
                self.holdings.insert(holding.clone(), (account.clone(), post.clone(), *from_at, *to_at));
            }
            AccountFact::HoldingEnded { holding, to_at } => {
                if let Some(row) = self.holdings.get_mut(holding) {
                    row.3 = Some(*to_at);
                }
            }
            AccountFact::Delegated { delegation, account, deputy, post, from_at, to_at } => {
                let row = DelegationRow { account: account.clone(), deputy: deputy.clone(), post: post.clone(), from_at: *from_at, to_at: *to_at };
                self.delegations.insert(delegation.clone(), row);
            }
            AccountFact::DelegationEnded { delegation, to_at } => {
                if let Some(row) = self.delegations.get_mut(delegation) {
                    row.to_at = *to_at;
                }
            }
            AccountFact::TokenMade { token, account, expires_at, reach } => {
                let row = TokenRow { account: account.clone(), expires_at: *expires_at, reach: reach.clone(), revoked: false };
                self.tokens.insert(token.clone(), row);
            }
            AccountFact::TokenRevoked { token } => {
                if let Some(row) = self.tokens.get_mut(token) {
                    row.revoked = true;
                }
            }
            AccountFact::Locked { .. }
            | AccountFact::Unlocked { .. }
            | AccountFact::Recovered { .. }
            | AccountFact::SessionsEnded { .. }
            | AccountFact::Opened { .. }
            | AccountFact::Admitted { .. }
            | AccountFact::WorkPassed { .. }
            | AccountFact::Viewed { .. } => {}
        }
    }

    fn account(&mut self, id: &AccountId, change: impl FnOnce(&mut AccountRow)) {
        if let Some(row) = self.accounts.get_mut(id) {
            change(row);
        }
    }
}
