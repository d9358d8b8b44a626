//! Where the repository's own things lie: its root and its files as git knows them.

use std::path::{Path, PathBuf};

/// The folder that holds the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Every file of the repository, relative to its root, in order, without what a build leaves and hidden folders other
/// than `.ci`.
///
/// # Errors
/// A folder cannot be read.
pub fn files() -> std::io::Result<Vec<PathBuf>> {
    fn walk(root: &Path, folder: &Path, out: &mut Vec<PathBuf>) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                let hidden = name.starts_with('.') && name != ".ci";
                if !hidden && name != "target" {
                    walk(root, &path, out)?;
                }
            } else if let Ok(relative) = path.strip_prefix(root) {
                out.push(relative.to_path_buf());
            }
        }
        Ok(())
    }
    let (root, mut out) = (root(), Vec::new());
    walk(&root, &root, &mut out)?;
    out.sort();
    Ok(out)
}
