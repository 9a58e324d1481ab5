//! Taking the columns of a row in order, and codes as what they are.

use crate::db::{Broken, Row};
use domain::kernel::Instant;
use domain::trail::Said;
use std::str::FromStr;

/// Takes the columns of a row one after the other, in the order of its `select`.
pub(crate) struct Take<'r, 'q> {
    row: &'r Row<'q>,
    at: usize,
}

impl<'r, 'q> Take<'r, 'q> {
    pub(crate) const fn new(row: &'r Row<'q>) -> Self {
        Self { row, at: 0 }
    }

    /// The code in a column by its number.
    pub(crate) fn nth<T: FromStr>(&self, at: usize) -> Result<T, Broken> {
        parse(&self.row.text(at)?)
    }

    const fn next(&mut self) -> usize {
        self.at += 1;
        self.at - 1
    }

    pub(crate) fn text(&mut self) -> Result<String, Broken> {
        let at = self.next();
        self.row.text(at)
    }

    pub(crate) fn opt_text(&mut self) -> Result<Option<String>, Broken> {
        let at = self.next();
        self.row.opt_text(at)
    }

    pub(crate) fn int(&mut self) -> Result<i64, Broken> {
        let at = self.next();
        self.row.int(at)
    }

    pub(crate) fn opt_int(&mut self) -> Result<Option<i64>, Broken> {
        let at = self.next();
        self.row.opt_int(at)
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Broken> {
        let at = self.next();
        self.row.flag(at)
    }

    pub(crate) fn opt_flag(&mut self) -> Result<Option<bool>, Broken> {
        let at = self.next();
        self.row.opt_flag(at)
    }

    pub(crate) fn instant(&mut self) -> Result<Instant, Broken> {
        self.int().map(Instant)
    }

    pub(crate) fn opt_instant(&mut self) -> Result<Option<Instant>, Broken> {
        Ok(self.opt_int()?.map(Instant))
    }

    pub(crate) fn id<T: From<String>>(&mut self) -> Result<T, Broken> {
        self.text().map(T::from)
    }

    pub(crate) fn opt_id<T: From<String>>(&mut self) -> Result<Option<T>, Broken> {
        Ok(self.opt_text()?.map(T::from))
    }

    pub(crate) fn code<T: FromStr>(&mut self) -> Result<T, Broken> {
        let text = self.text()?;
        parse(&text)
    }

    pub(crate) fn opt_code<T: FromStr>(&mut self) -> Result<Option<T>, Broken> {
        self.opt_text()?.map(|text| parse(&text)).transpose()
    }

    pub(crate) fn said(&mut self, name: &str) -> Result<Said, Broken> {
        Ok(Said { name: name.to_owned(), words: self.id()?, commit: domain::kernel::Commit(self.text()?) })
    }

    pub(crate) fn opt_said(&mut self, name: &str) -> Result<Option<Said>, Broken> {
        let (words, commit) = (self.opt_text()?, self.opt_text()?);
        Ok(match (words, commit) {
            (Some(words), Some(commit)) => Some(Said { name: name.to_owned(), words: words.into(), commit: domain::kernel::Commit(commit) }),
            _ => None,
        })
    }
}

/// A stored code that is none of its list is a damaged row, not a crash.
pub(crate) fn parse<T: FromStr>(text: &str) -> Result<T, Broken> {
    text.parse().map_err(|_| Broken::Column { column: std::any::type_name::<T>().to_owned(), wanted: "a code of its list", found: text.to_owned() })
}
