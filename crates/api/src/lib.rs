//! The one room that speaks HTTP and JSON.
//!
//! It turns requests into commands, runs use-cases of `app`, and turns what they answer into JSON. It decides nothing and speaks no SQL. Types with
//! `Serialize` live here only: what goes over the wire is not what the rules work on.
//!
//! Every handler that writes takes [`session::Writes`]: an actor, a CSRF check for cookies, and an idempotency key. Every route is declared once, with its
//! OpenAPI description (`utoipa-axum`), and stands in the access table (`tests/access.table`). Errors are problems ([`problem`], RFC 9457).

mod accounts;
mod board;
mod door;
mod health;
mod intake;
mod limit;
mod matters;
mod notices;
mod openapi;
mod papers;
mod places;
mod practice;
pub mod problem;
mod rota;
mod rules;
mod session;
mod stream;
mod trail;

pub use door::{Settings, harden, router};
pub use limit::{Door, Limits, Peer, Rate};
pub use openapi::openapi;
pub use problem::problems;
