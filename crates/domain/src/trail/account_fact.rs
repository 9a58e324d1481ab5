//! Facts of the chains that are not a matter's: accounts, posts, sensitive reads.

use super::Said;
use crate::kernel::{AccountId, HoldingId, Instant, PostId, TokenId};
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
    /// A token for scripts was made.
    TokenMade {
        /// Its id.
        token: TokenId,
        /// The account that it acts for.
        account: AccountId,
        /// When it ends.
        expires_at: Instant,
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

/// The fold of the accounts' chain: what the account, holding and token rows must say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountTable {
    /// Account → (login, demo, must change, enabled).
    pub accounts: BTreeMap<AccountId, (String, bool, bool, bool)>,
    /// Holding → (account, post, from, to).
    pub holdings: BTreeMap<HoldingId, (AccountId, PostId, Instant, Option<Instant>)>,
    /// Token → (account, expires, revoked).
    pub tokens: BTreeMap<TokenId, (AccountId, Instant, bool)>,
}

impl AccountTable {
    /// Folds one fact in.
    pub fn apply(&mut self, fact: &AccountFact) {
        match fact {
            AccountFact::AccountOpened { account, login, demo } => {
                self.accounts.insert(account.clone(), (login.clone(), *demo, false, true));
            }
            AccountFact::PasswordSet { account, must_change } => {
                if let Some(row) = self.accounts.get_mut(account) {
                    row.2 = *must_change;
                }
            }
            AccountFact::Enabled { account, on } => {
                if let Some(row) = self.accounts.get_mut(account) {
                    row.3 = *on;
                }
            }
            AccountFact::Held { holding, account, post, from_at, to_at } => {
                self.holdings.insert(holding.clone(), (account.clone(), post.clone(), *from_at, *to_at));
            }
            AccountFact::TokenMade { token, account, expires_at } => {
                self.tokens.insert(token.clone(), (account.clone(), *expires_at, false));
            }
            AccountFact::TokenRevoked { token } => {
                if let Some(row) = self.tokens.get_mut(token) {
                    row.2 = true;
                }
            }
            AccountFact::Locked { .. } | AccountFact::Viewed { .. } => {}
        }
    }
}
