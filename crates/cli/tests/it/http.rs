//! The real binary behind HTTP: a server that is started and killed, a client that is logged in.

use serde_json::{Value, json};
use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A server that is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    /// Reads what it logs, so that it never waits for room in the pipe.
    log: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts the real binary and waits until it is ready.
    pub(crate) fn start(mut command: Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("http://127.0.0.1:{port}");
        let mut child = command.args(["--listen", &format!("127.0.0.1:{port}")]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stdout.read_to_string(&mut log).unwrap();
            log
        });
        let mut server = Self { child, address, log: Some(log) };
        let began = Instant::now();
        while agent().get(format!("{}/health/ready", server.address)).call().map_or(0, |answer| answer.status().as_u16()) != 200 {
            if let Some(status) = server.child.try_wait().unwrap() {
                let mut why = String::new();
                server.child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
                panic!("the server ended with {status}: {why}");
            }
            assert!(began.elapsed() < Duration::from_secs(60), "not ready after a minute");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }
}

impl Server {
    /// Asks it to stop as an operator does; its exit status and what it logged.
    pub(crate) fn stop(mut self) -> (ExitStatus, String) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let log = self.log.take().unwrap().join().unwrap();
        (self.child.wait().unwrap(), log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL: nothing in the process hears of it.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(20))).build().into()
}

/// Somebody who is logged in.
pub(crate) struct Client {
    agent: ureq::Agent,
    cookie: String,
    csrf: String,
}

/// A write as it was sent, so that it can be sent again.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) path: String,
    pub(crate) key: String,
    pub(crate) body: Value,
}

impl Client {
    pub(crate) fn log_in(address: &str, login: &str) -> Self {
        let agent = agent();
        let sent = agent.post(format!("{address}/api/v1/session")).send_json(json!({"login": login, "password": app::seed::DEMO_PASSWORD}));
        let mut answer = sent.unwrap();
        let cookie =
            answer.headers().get("set-cookie").unwrap_or_else(|| panic!("{login}: {answer:?}")).to_str().unwrap().split(';').next().unwrap().to_owned();
        let me: Value = answer.body_mut().read_json().unwrap();
        Self { agent, cookie, csrf: me["csrf"].as_str().unwrap().to_owned() }
    }

    /// Sends a write; nothing if no answer came.
    pub(crate) fn send(&self, address: &str, sent: &Sent) -> Option<(u16, Value)> {
        let request = self.agent.post(format!("{address}{}", sent.path));
        let request = request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf).header("idempotency-key", &sent.key);
        let mut answer = request.send_json(&sent.body).ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.body_mut().read_json().ok()?))
    }
}
