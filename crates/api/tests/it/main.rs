//! The API, tried from outside: requests go through the whole router, over a real store with the demonstration's network and people.
//!
//! `support` is a house with a door; every answer that passes through it is looked at: what is 400 or more must be a problem with a known code, and nothing
//! may be 500. `life` brings a matter to where a test wants it, by acts of the right people over HTTP.

#![expect(clippy::unwrap_used, reason = "what cannot go on in a test is a failure of the test")]

mod access;
mod acts;
mod crawl;
mod doors;
mod files;
mod guide;
mod leaks;
mod life;
mod offered;
mod openapi;
mod places;
mod privacy;
mod problems;
mod repeat;
mod rota;
mod rules;
mod stream;
mod support;
mod tokens;
