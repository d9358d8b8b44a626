//! What every error of the service must look like, whoever looks at it.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Checks a row of the error table: code, reason, keys of the metadata, and the rule for the size. Gives the metadata.
pub(crate) fn check_row(status: &Status, code: Code, reason: &str, keys: &[&str]) -> HashMap<String, String> {
    assert_eq!(status.code(), code, "{status:?}");
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo in {status:?}"));
    assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason, "fineprint"));
    for key in keys {
        assert!(info.metadata.contains_key(*key), "no {key} in {:?}", info.metadata);
    }
    assert!(status.message().len() + status.details().len() <= 4_096);
    info.metadata.clone()
}
