use super::*;

#[test]
fn no_path_stands_twice() {
    let mut seen = std::collections::BTreeSet::new();
    for field in FIELDS {
        for path in std::iter::once(&field.path).chain(field.aliases) {
            assert!(seen.insert(*path), "{path} stands twice");
            assert_eq!(find(path).unwrap().path, field.path);
        }
    }
}

#[test]
fn values_are_named_as_in_the_api() {
    let types: Vec<_> = EnumField::Type.values().collect();
    assert_eq!(types.len(), 24);
    assert_eq!(types[0], ("FINE", 1));
    assert_eq!(
        EnumField::Factuality.values().map(|(name, _)| name).collect::<Vec<_>>(),
        ["ACTUAL", "PLANNED", "POSSIBLE", "DENIED"]
    );
    assert_eq!(entity_kinds().last().unwrap(), ("GROUP", EntityKind::Group));
    assert_eq!(EnumField::Type.name(0), None);
    assert_eq!(EnumField::Type.name(25), None);
}
