//! Rows: what comes out of a statement, the same on both engines.

use super::Broken;
use ::postgres::types::Type;
use domain::kernel::{Day, Instant};
use rusqlite::types::ValueRef;

/// One row of an answer. Columns are asked for by their place, from 0, and by the kind that they must have.
pub struct Row<'a>(pub(super) Inner<'a>);

pub(super) enum Inner<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

/// What a column held before anybody asked for a kind.
enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Bool(bool),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl Row<'_> {
    /// An integer.
    pub fn int(&self, at: usize) -> Result<i64, Broken> {
        self.opt_int(at)?.ok_or_else(|| self.wrong(at, "an integer"))
    }

    /// An integer or nothing.
    pub fn opt_int(&self, at: usize) -> Result<Option<i64>, Broken> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Int(int) => Ok(Some(int)),
            _ => Err(self.wrong(at, "an integer")),
        }
    }

    /// A text.
    pub fn text(&self, at: usize) -> Result<String, Broken> {
        self.opt_text(at)?.ok_or_else(|| self.wrong(at, "text"))
    }

    /// A text or nothing.
    pub fn opt_text(&self, at: usize) -> Result<Option<String>, Broken> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text.to_owned())),
            _ => Err(self.wrong(at, "text")),
        }
    }

    /// A flag: a boolean, or the integers 0 and 1 where there are no booleans.
    pub fn flag(&self, at: usize) -> Result<bool, Broken> {
        self.opt_flag(at)?.ok_or_else(|| self.wrong(at, "a flag"))
    }

    /// A flag or nothing.
    pub fn opt_flag(&self, at: usize) -> Result<Option<bool>, Broken> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Bool(flag) => Ok(Some(flag)),
            Cell::Int(int @ (0 | 1)) if matches!(self.0, Inner::Sqlite(_)) => Ok(Some(int == 1)),
            _ => Err(self.wrong(at, "a flag")),
        }
    }

    /// A real number.
    pub fn real(&self, at: usize) -> Result<f64, Broken> {
        self.opt_real(at)?.ok_or_else(|| self.wrong(at, "a real"))
    }

    /// A real number or nothing.
    pub fn opt_real(&self, at: usize) -> Result<Option<f64>, Broken> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Real(real) => Ok(Some(real)),
            _ => Err(self.wrong(at, "a real")),
        }
    }

    /// Bytes.
    pub fn bytes(&self, at: usize) -> Result<Vec<u8>, Broken> {
        self.opt_bytes(at)?.ok_or_else(|| self.wrong(at, "bytes"))
    }

    /// Bytes or nothing.
    pub fn opt_bytes(&self, at: usize) -> Result<Option<Vec<u8>>, Broken> {
        match self.cell(at)? {
            Cell::Null => Ok(None),
            Cell::Bytes(bytes) => Ok(Some(bytes.to_vec())),
            _ => Err(self.wrong(at, "bytes")),
        }
    }

    /// An id, which is a text: `row.id::<MatterId>(0)?`.
    pub fn id<T: From<String>>(&self, at: usize) -> Result<T, Broken> {
        self.text(at).map(T::from)
    }

    /// An id or nothing.
    pub fn opt_id<T: From<String>>(&self, at: usize) -> Result<Option<T>, Broken> {
        Ok(self.opt_text(at)?.map(T::from))
    }

    /// An instant, which is an integer of milliseconds.
    pub fn instant(&self, at: usize) -> Result<Instant, Broken> {
        self.int(at).map(Instant)
    }

    /// An instant or nothing.
    pub fn opt_instant(&self, at: usize) -> Result<Option<Instant>, Broken> {
        Ok(self.opt_int(at)?.map(Instant))
    }

    /// A civil day, which is an integer of days.
    pub fn day(&self, at: usize) -> Result<Day, Broken> {
        self.int(at).map(Day)
    }

    /// A civil day or nothing.
    pub fn opt_day(&self, at: usize) -> Result<Option<Day>, Broken> {
        Ok(self.opt_int(at)?.map(Day))
    }

    fn cell(&self, at: usize) -> Result<Cell<'_>, Broken> {
        match &self.0 {
            Inner::Sqlite(row) => match row.get_ref(at) {
                Ok(ValueRef::Null) => Ok(Cell::Null),
                Ok(ValueRef::Integer(int)) => Ok(Cell::Int(int)),
                Ok(ValueRef::Real(real)) => Ok(Cell::Real(real)),
                Ok(ValueRef::Text(text)) => std::str::from_utf8(text).map(Cell::Text).map_err(|_| self.wrong(at, "UTF-8")),
                Ok(ValueRef::Blob(bytes)) => Ok(Cell::Bytes(bytes)),
                Err(_) => Err(self.wrong(at, "in the answer")),
            },
            Inner::Postgres(row) => {
                let column = row.columns().get(at).ok_or_else(|| self.wrong(at, "in the answer"))?;
                let cell = match *column.type_() {
                    Type::INT8 => row.try_get::<_, Option<i64>>(at).map(|int| int.map(Cell::Int)),
                    Type::INT4 => row.try_get::<_, Option<i32>>(at).map(|int| int.map(|int| Cell::Int(int.into()))),
                    Type::INT2 => row.try_get::<_, Option<i16>>(at).map(|int| int.map(|int| Cell::Int(int.into()))),
                    Type::FLOAT8 => row.try_get::<_, Option<f64>>(at).map(|real| real.map(Cell::Real)),
                    Type::BOOL => row.try_get::<_, Option<bool>>(at).map(|flag| flag.map(Cell::Bool)),
                    Type::BYTEA => row.try_get::<_, Option<&[u8]>>(at).map(|bytes| bytes.map(Cell::Bytes)),
                    Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => {
                        row.try_get::<_, Option<&str>>(at).map(|text| text.map(Cell::Text))
                    }
                    _ => return Err(self.wrong(at, "of the portable subset (bigint, double precision, boolean, text, bytea); cast it")),
                };
                cell.map(|cell| cell.unwrap_or(Cell::Null)).map_err(|error| Broken::other(error, "row"))
            }
        }
    }

    /// The complaint that names the column and what it holds, not the value.
    fn wrong(&self, at: usize, wanted: &'static str) -> Broken {
        let (name, found) = match &self.0 {
            Inner::Sqlite(row) => (row.as_ref().column_name(at).ok(), row.get_ref(at).ok().map(|value| value.data_type().to_string())),
            Inner::Postgres(row) => {
                let column = row.columns().get(at);
                (column.map(::postgres::Column::name), column.map(|column| format!("{} (or null)", column.type_())))
            }
        };
        let column = format!("{at} \"{}\"", name.unwrap_or("?"));
        Broken::Column { column, wanted, found: found.unwrap_or_else(|| "absent".to_owned()) }
    }
}
