//! Databases for tests: one per test, gone with it.

use crate::postgres::{self, Server};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError};

/// A database of a server, dropped with this value.
pub struct Database {
    url: String,
    name: String,
}

impl Database {
    /// An empty one.
    #[must_use]
    pub fn fresh() -> Self {
        Self::like("template0")
    }

    fn like(template: &str) -> Self {
        let server = postgres::server();
        let name = server.make_database(template);
        Self { url: server.url(&name), name }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A store that a failing test has left open must not keep it.
        if let Err(error) = postgres::server().run(&format!("drop database if exists \"{}\" with (force)", self.name)) {
            eprintln!("the database {} stays behind: {error:#}", self.name);
        }
    }
}

/// Runs a test on an empty SQLite file and on an empty PostgreSQL database; a failure names the engine.
pub fn on_both(test: impl Fn(&str)) {
    on_a_file(None, &test);
    on_a_server(None, &test);
}

/// A database that is prepared once per test process and copied for each test: `prepare` is given the address of an empty one
/// and must close it again.
pub struct Template {
    /// Distinguishes it from the other templates of the process.
    pub name: &'static str,
    /// Migrates it, seeds it.
    pub prepare: fn(&str),
}

/// Templates that have been prepared in this process: files and names of databases.
static FILES: LazyLock<Mutex<HashMap<&'static str, (tempfile::TempDir, PathBuf)>>> = LazyLock::new(Mutex::default);
static NAMES: LazyLock<Mutex<HashMap<&'static str, String>>> = LazyLock::new(Mutex::default);

impl Template {
    /// Runs a test on a copy in a SQLite file and on a copy in PostgreSQL; a failure names the engine.
    pub fn on_both(&self, test: impl Fn(&str)) {
        on_a_file(Some(self), &test);
        on_a_server(Some(self), &test);
    }

    /// A copy in a SQLite file in this folder.
    #[must_use]
    pub fn file_in(&self, folder: &std::path::Path) -> String {
        let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, template) = files.entry(self.name).or_insert_with(|| {
            let folder = folder_or_panic();
            let path = folder.path().join("template.db");
            (self.prepare)(&path.display().to_string());
            (folder, path)
        });
        let path = folder.join("test.db");
        std::fs::copy(template, &path).unwrap_or_else(|error| panic!("cannot copy the template: {error}"));
        path.display().to_string()
    }

    /// A copy on the server.
    #[must_use]
    pub fn database(&self) -> Database {
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let template = names.entry(self.name).or_insert_with(|| {
            let server = postgres::server();
            let name = server.make_database("template0");
            (self.prepare)(&server.url(&name));
            name
        });
        // Under the lock: a template can only be copied while nobody else is connected to it.
        Database::like(template)
    }
}

fn on_a_file(template: Option<&Template>, test: &impl Fn(&str)) {
    let folder = folder_or_panic();
    let url = match template {
        Some(template) => template.file_in(folder.path()),
        None => folder.path().join("test.db").display().to_string(),
    };
    named("SQLite", || test(&url));
}

fn on_a_server(template: Option<&Template>, test: &impl Fn(&str)) {
    let database = template.map_or_else(Database::fresh, Template::database);
    named("PostgreSQL", || test(database.url()));
}

fn named(engine: &str, test: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(test)) {
        eprintln!("the test above failed on {engine}");
        resume_unwind(panic);
    }
}

fn folder_or_panic() -> tempfile::TempDir {
    tempfile::tempdir().unwrap_or_else(|error| panic!("cannot make a temporary folder: {error}"))
}

impl Server {
    /// A database with a name that no other test has; returns the name.
    fn make_database(&self, template: &str) -> String {
        let name = self.next_name();
        if let Err(error) = self.run(&format!("create database \"{name}\" template \"{template}\"")) {
            panic!("cannot create a test database: {error:#}");
        }
        name
    }
}
