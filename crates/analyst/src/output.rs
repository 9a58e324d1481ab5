//! Tables out: a file that is whole or not there.
//!
//! What is written goes into a file beside the one that is meant and takes its name when it is complete; an error, a panic or Ctrl-C leaves neither half a
//! file nor a changed old one. A name that ends in `.gz` is compressed.

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

/// Files that are being written: removed when the program is interrupted.
static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static WATCH: Once = Once::new();

/// A file that is being written. Without [`Output::finish`] nothing comes of it.
pub struct Output {
    target: PathBuf,
    beside: PathBuf,
    sink: Option<Sink>,
}

enum Sink {
    Plain(BufWriter<File>),
    Packed(Box<GzEncoder<BufWriter<File>>>),
}

impl Output {
    /// Begins a file.
    ///
    /// # Errors
    /// A folder that is not there or may not be written to.
    pub fn create(target: &Path) -> Result<Self> {
        WATCH.call_once(|| {
            // Should another handler be there already, that one ends the program and the file beside stays: not half of what was meant.
            let _ = ctrlc::set_handler(|| {
                OPEN.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|path| drop(std::fs::remove_file(path)));
                std::process::exit(130);
            });
        });
        let name = target.file_name().with_context(|| format!("“{}”不是文件名", target.display()))?.to_string_lossy().into_owned();
        let beside = target.with_file_name(format!(".{name}.{}.part", std::process::id()));
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let file = BufWriter::with_capacity(1 << 18, File::create(&beside).with_context(|| format!("文件“{}”写不了", target.display()))?);
        open.push(beside.clone());
        let sink = if name.ends_with(".gz") { Sink::Packed(Box::new(GzEncoder::new(file, Compression::default()))) } else { Sink::Plain(file) };
        Ok(Self { target: target.to_owned(), beside, sink: Some(sink) })
    }

    /// Makes the file real: everything written out, on the disk, under its name.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(mut self) -> Result<()> {
        let named = || format!("文件“{}”没有写完", self.target.display());
        let buffer = match self.sink.take() {
            Some(Sink::Plain(buffer)) => buffer,
            Some(Sink::Packed(packed)) => packed.finish().with_context(named)?,
            None => return Ok(()),
        };
        let file = buffer.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(named)?;
        file.sync_all().with_context(named)?;
        std::fs::rename(&self.beside, &self.target).with_context(named)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.sink {
            Some(Sink::Plain(sink)) => sink.write(bytes),
            Some(Sink::Packed(sink)) => sink.write(bytes),
            None => Ok(0),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.sink {
            Some(Sink::Plain(sink)) => sink.flush(),
            Some(Sink::Packed(sink)) => sink.flush(),
            None => Ok(()),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.sink = None;
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|path| *path != self.beside);
        // After a rename there is nothing left to remove.
        let _ = std::fs::remove_file(&self.beside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("出.csv");
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(output);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut output = Output::create(&path).unwrap();
        output.write_all(b"whole").unwrap();
        output.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_in_gz_is_compressed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("出.csv.gz");
        let mut output = Output::create(&path).unwrap();
        output.write_all("押金".as_bytes()).unwrap();
        output.finish().unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "押金");
    }
}
