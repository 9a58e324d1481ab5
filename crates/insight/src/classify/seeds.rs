//! First labels from words.
