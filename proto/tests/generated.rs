//! The committed code is what the proto files give. Run with `UPDATE_GENERATED=1` to write it anew.

use std::{env, fs, path::Path};

use prost::Message as _;

const FILES: [&str; 4] = [
    "fineprint/v1/event.proto",
    "fineprint/v1/extractor.proto",
    "fineprint/v1/ingest.proto",
    "fineprint/v1/query.proto",
];

#[test]
fn generated_code_matches_the_proto_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors = protox::compile(FILES, [root]).expect("the proto files compile");
    let fresh = tempfile::tempdir().expect("a temporary folder");
    fs::write(fresh.path().join("descriptor.binpb"), descriptors.encode_to_vec()).expect("descriptor written");
    tonic_prost_build::configure()
        .out_dir(fresh.path())
        .extern_path(".google.rpc", "::tonic_types::pb")
        .bytes(".fineprint.v1.InputDocument.html")
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)
        .expect("code is generated");

    let committed = root.join("src/generated");
    for entry in fs::read_dir(fresh.path()).expect("the temporary folder is read") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file name").to_owned();
        let new = fs::read(&path).expect("generated file is read");
        if env::var_os("UPDATE_GENERATED").is_some() {
            fs::write(committed.join(&name), new).expect("generated file is written");
        } else {
            let old = fs::read(committed.join(&name)).unwrap_or_default();
            assert!(old == new, "{name:?} differs from what the proto files give; run with UPDATE_GENERATED=1");
        }
    }
}
