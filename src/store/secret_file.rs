//! The secret key that is made on first start with SQLite and kept beside the database, readable by its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretSlice;

use crate::random;

/// Bytes of a secret key.
pub(super) const LENGTH: usize = 64;

/// Where the key of a database is: its path with `.key` behind it.
pub(super) fn beside(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".key");
    path.into()
}

/// Reads the key file; `None` when there is none.
pub(super) fn read(path: &Path) -> io::Result<Option<SecretSlice<u8>>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let unusable = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "it does not hold 64 bytes in base64",
        )
    };
    let bytes = STANDARD.decode(text.trim_end()).map_err(|_| unusable())?;
    if bytes.len() == LENGTH {
        Ok(Some(bytes.into()))
    } else {
        Err(unusable())
    }
}

/// Makes the key file. When two processes start at once, the first to finish wins and the other takes its key.
pub(super) fn make(path: &Path) -> io::Result<SecretSlice<u8>> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}", random::token::<6>()));
    let partial = PathBuf::from(partial);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)?;
    file.write_all(STANDARD.encode(random::bytes::<LENGTH>()).as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    // A link fails where a file already is: nobody's key is ever replaced.
    let linked = fs::hard_link(&partial, path);
    fs::remove_file(&partial)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    read(path)?
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "it vanished while it was made"))
}
