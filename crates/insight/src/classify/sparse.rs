//! Rows of few numbers among many noughts.

/// A matrix by rows: `index[begin[i]..begin[i + 1]]` are the columns of row `i`, `value` what stands there.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    begin: Vec<usize>,
    index: Vec<u32>,
    value: Vec<f32>,
}

impl Rows {
    /// No rows yet.
    #[must_use]
    pub fn new() -> Self {
        Self { begin: vec![0], index: Vec::new(), value: Vec::new() }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.begin.len() - 1
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a row.
    pub fn push(&mut self, row: &[(u32, f32)]) {
        self.index.extend(row.iter().map(|(index, _)| *index));
        self.value.extend(row.iter().map(|(_, value)| *value));
        self.begin.push(self.index.len());
    }

    /// Columns and values of a row.
    #[must_use]
    pub fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.begin[row]..self.begin[row + 1];
        (&self.index[range.clone()], &self.value[range])
    }
}
