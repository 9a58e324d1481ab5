//! Limits at the doors: token buckets in fixed memory, so that nobody can guess, scrape or flood faster than a person works.
//!
//! A bucket belongs to a door and to a key: a log-in name, a network address, a session or token. The table has so many places and no more; where two keys fall
//! into one full row, the bucket that has rested longest is forgotten, which only ever makes it full again. Time is the house's own clock.

use crate::door::State;
use crate::problem::Problem;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Mutex;

/// A door with a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    /// Log-ins, by log-in name; also a password, a code that somebody who is logged in tries.
    LogIn,
    /// Log-ins, by network address.
    Address,
    /// Every request, by session or token.
    Session,
    /// Requests without a session or token, and those whose session or token is none, by network address.
    Anonymous,
    /// Writes, by session or token.
    Writes,
    /// Exports and downloads of lists, by session or token.
    Exports,
    /// Looks at full telephone numbers, by session or token.
    Reveal,
    /// Calendar feeds, by network address.
    Calendar,
}

impl Door {
    /// All doors.
    pub const ALL: [Self; 8] = [Self::LogIn, Self::Address, Self::Session, Self::Anonymous, Self::Writes, Self::Exports, Self::Reveal, Self::Calendar];

    /// What a door lets through unless the installation says otherwise: so many at once, refilled in so many seconds.
    #[must_use]
    pub const fn default_rate(self) -> &'static str {
        match self {
            Self::LogIn => "10/300",
            Self::Address => "60/60",
            Self::Session => "1200/60",
            Self::Anonymous => "120/60",
            Self::Writes => "300/60",
            Self::Exports | Self::Reveal => "30/600",
            Self::Calendar => "60/600",
        }
    }
}

/// How many at once, and in how many seconds that many are let through again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// Seconds in which the bucket fills again.
    pub seconds: u32,
}

impl Rate {
    /// Reads `20/60`; `off` is no limit.
    ///
    /// # Errors
    /// If it is neither.
    pub fn read(text: &str) -> Result<Option<Self>, String> {
        if text == "off" {
            return Ok(None);
        }
        let wrong = || format!("“{text}”应为“次数/秒数”（如 20/60）或 off (not a rate)");
        let (burst, seconds) = text.split_once('/').ok_or_else(wrong)?;
        match (burst.trim().parse(), seconds.trim().parse()) {
            (Ok(burst), Ok(seconds)) if burst > 0 && seconds > 0 => Ok(Some(Self { burst, seconds })),
            _ => Err(wrong()),
        }
    }
}

/// The rate of every door; no limits unless they are set.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits([Option<Rate>; Door::ALL.len()]);

impl Limits {
    /// Sets the rate of a door.
    #[must_use]
    pub const fn with(mut self, door: Door, rate: Option<Rate>) -> Self {
        self.0[door as usize] = rate;
        self
    }

    const fn of(&self, door: Door) -> Option<Rate> {
        self.0[door as usize]
    }
}

const SETS: usize = 1024;
const WAYS: usize = 8;

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    /// Door and key, hashed; 0 for a place that is free.
    key: u64,
    left: f64,
    at: i64,
}

/// The buckets: 8192 places.
pub(crate) struct Buckets {
    limits: Limits,
    /// Makes the rows unforeseeable, so that nobody can push a bucket out on purpose.
    salt: String,
    table: Mutex<Vec<[Bucket; WAYS]>>,
}

impl Buckets {
    pub(crate) fn new(limits: Limits, salt: String) -> Self {
        Self { limits, salt, table: Mutex::new(vec![[Bucket::default(); WAYS]; SETS]) }
    }

    /// Takes one from the bucket of `door` and `key` at `now` (epoch milliseconds).
    ///
    /// # Errors
    /// `too_many`, saying after how many seconds there is one again.
    pub(crate) fn take(&self, door: Door, key: &str, now: i64) -> Result<(), Problem> {
        let Some(rate) = self.limits.of(door) else { return Ok(()) };
        let digest = app::accounts::digest(&format!("{} {} {key}", self.salt, door as usize));
        let hash = u64::from_str_radix(digest.get(..16).unwrap_or("1"), 16).unwrap_or(1).max(1);
        let burst = f64::from(rate.burst);
        let filled = |bucket: &Bucket| {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of a few minutes")]
            let passed = (now - bucket.at).max(0) as f64 / 1000.0;
            (bucket.left + passed * burst / f64::from(rate.seconds)).min(burst)
        };
        let Ok(mut table) = self.table.lock() else { return Ok(()) };
        let row = &mut table[usize::try_from(hash % SETS as u64).unwrap_or(0)];
        let known = row.iter().position(|bucket| bucket.key == hash);
        let at = known.unwrap_or_else(|| {
            // A free place, else the one that has not been touched for longest.
            (0..WAYS).min_by_key(|i| if row[*i].key == 0 { i64::MIN } else { row[*i].at }).unwrap_or(0)
        });
        let left = if known.is_some() { filled(&row[at]) } else { burst };
        let enough = left >= 1.0;
        row[at] = Bucket { key: hash, left: if enough { left - 1.0 } else { left }, at: now };
        if enough {
            return Ok(());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the seconds of the rate")]
        let seconds = ((1.0 - left) * f64::from(rate.seconds) / burst).ceil().max(1.0) as u64;
        Err(Problem::too_many(seconds))
    }
}

/// From which address a connection came: whoever listens puts it among the extensions of each request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The network address of whoever asks: that of the connection, or, behind the installation's own proxy, the last one that this proxy has written down. What a
/// caller writes in front of it is not believed.
pub(crate) fn address(headers: &HeaderMap, peer: Option<&Peer>, behind_proxy: bool) -> String {
    let forwarded = || {
        let last = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).next_back()?;
        last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let ip = if behind_proxy { forwarded() } else { None }.or_else(|| peer.map(|peer| peer.0.ip()));
    match ip {
        Some(IpAddr::V4(ip)) => ip.to_string(),
        // One person has a whole /64 of these.
        Some(IpAddr::V6(ip)) => match ip.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => format!("{}/64", Ipv6Addr::from(u128::from(ip) & !u128::from(u64::MAX))),
        },
        None => String::new(),
    }
}

/// What a request shows of who sends it, hashed; none if it shows nothing.
fn credential(headers: &HeaderMap) -> Option<String> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    bearer.or_else(|| crate::session::cookie(headers)).filter(|said| !said.is_empty())
}

/// Looks at every request before anybody reads it.
pub(crate) async fn limited(axum::extract::State(state): axum::extract::State<State>, request: Request, next: Next) -> Response {
    let now = state.desk.now().0;
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    if path.starts_with("/health/") {
        return next.run(request).await;
    }
    let address = address(request.headers(), request.extensions().get::<Peer>(), state.settings.behind_proxy);
    let shown = credential(request.headers());
    let log_in = path == "/api/v1/session" && request.method() == Method::POST;
    let doors = doors(&path, request.method(), shown.is_some(), log_in);
    for door in doors {
        let key = match door {
            Door::Address | Door::Anonymous | Door::Calendar => &address,
            _ => shown.as_ref().unwrap_or(&address),
        };
        if let Err(problem) = state.buckets.take(door, key, now) {
            return problem.into_response();
        }
    }
    let response = next.run(request).await;
    // A made-up session is a new key each time; so what was none is counted by the address.
    if response.status() == StatusCode::UNAUTHORIZED
        && shown.is_some()
        && !log_in
        && let Err(problem) = state.buckets.take(Door::Anonymous, &address, now)
    {
        return problem.into_response();
    }
    response
}

/// The doors that a request passes.
fn doors(path: &str, method: &Method, known: bool, log_in: bool) -> Vec<Door> {
    let mut doors = Vec::new();
    if log_in {
        return vec![Door::Address];
    }
    if path.ends_with(".ics") {
        doors.push(Door::Calendar);
    }
    if !known {
        doors.push(Door::Anonymous);
        return doors;
    }
    doors.push(Door::Session);
    if !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        doors.push(Door::Writes);
    }
    if path.ends_with("/reveal") {
        doors.push(Door::Reveal);
    }
    if path.contains("/export") || path.ends_with(".xlsx") || path.ends_with(".csv") || path.ends_with("/template") {
        doors.push(Door::Exports);
    }
    if path == "/api/v1/session/password" || path.starts_with("/api/v1/session/second-factor/") {
        doors.push(Door::LogIn);
    }
    doors
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn buckets(rate: &str) -> Buckets {
        Buckets::new(Limits::default().with(Door::LogIn, Rate::read(rate).unwrap()), "salt".to_owned())
    }

    #[test]
    fn a_bucket_empties_says_when_there_is_one_again_and_fills() {
        let buckets = buckets("3/60");
        for _ in 0..3 {
            assert!(buckets.take(Door::LogIn, "a", 0).is_ok());
        }
        let problem = buckets.take(Door::LogIn, "a", 0).unwrap_err();
        assert_eq!((problem.status, problem.code.as_str(), problem.retry_after), (429, "too_many", Some(20)));
        assert!(buckets.take(Door::LogIn, "b", 0).is_ok(), "another key has a bucket of its own");
        assert!(buckets.take(Door::Writes, "a", 0).is_ok(), "another door too, here without a limit");
        assert!(buckets.take(Door::LogIn, "a", 19_999).is_err());
        assert!(buckets.take(Door::LogIn, "a", 20_000).is_ok());
        assert!(buckets.take(Door::LogIn, "a", 20_000).is_err());
        // A clock that was set back does not lock anybody out for longer, nor fill the bucket.
        assert!(buckets.take(Door::LogIn, "a", 0).is_err());
    }

    #[test]
    fn a_flood_of_keys_takes_no_more_room_and_a_bucket_in_use_stays() {
        let buckets = buckets("5/600");
        for _ in 0..5 {
            buckets.take(Door::LogIn, "victim", 1_000).unwrap();
        }
        for n in 0..2_000_i64 {
            buckets.take(Door::LogIn, &format!("made up {n}"), 500).unwrap();
        }
        assert!(buckets.take(Door::LogIn, "victim", 1_000).is_err());
        assert_eq!(buckets.table.lock().unwrap().len(), SETS);
    }

    #[test]
    fn a_rate_is_a_number_over_seconds_or_off() {
        assert_eq!(Rate::read("20/60"), Ok(Some(Rate { burst: 20, seconds: 60 })));
        assert_eq!(Rate::read("off"), Ok(None));
        for wrong in ["", "20", "0/60", "20/0", "a/b", "-1/5"] {
            assert!(Rate::read(wrong).is_err(), "{wrong}");
        }
        assert!(Door::ALL.iter().enumerate().all(|(i, door)| *door as usize == i && Rate::read(door.default_rate()).is_ok()));
    }

    #[test]
    fn only_the_own_proxy_says_where_somebody_comes_from() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("6.6.6.6, 10.1.2.3"));
        let peer = Peer("192.0.2.1:5000".parse().unwrap());
        assert_eq!(address(&headers, Some(&peer), false), "192.0.2.1");
        assert_eq!(address(&headers, Some(&peer), true), "10.1.2.3");
        headers.append("x-forwarded-for", HeaderValue::from_static("10.9.9.9"));
        assert_eq!(address(&headers, Some(&peer), true), "10.9.9.9");
        assert_eq!(address(&HeaderMap::new(), Some(&peer), true), "192.0.2.1");
        let six = Peer("[2001:db8:1:2:3:4:5:6]:1".parse().unwrap());
        assert_eq!(address(&HeaderMap::new(), Some(&six), false), "2001:db8:1:2::/64");
        assert_eq!(address(&HeaderMap::new(), None, false), "");
    }
}
