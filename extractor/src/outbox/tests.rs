use super::*;
use futures::FutureExt;

const ROOMY: Bounds =
    Bounds { pending_events_max: 100, pending_bytes_max: 1_000, kept_events_max: 100, kept_bytes_max: 1_000 };

fn items(names: &[&'static str]) -> Vec<(&'static str, usize)> {
    names.iter().map(|name| (*name, 10)).collect()
}

fn names(batch: &[Numbered<&'static str>]) -> Vec<&'static str> {
    batch.iter().map(|(_, value)| **value).collect()
}

/// Acknowledges all that has no acknowledgement, as `outcome`.
fn acknowledge(outbox: &Outbox<&'static str>, epoch: &str, durable: bool, outcome: &Outcome) -> bool {
    let sent = outbox.batch(outbox.resume_at(), usize::MAX, usize::MAX);
    outbox.acknowledge(epoch, durable, sent.into_iter().map(|(number, _)| (number, outcome.clone())).collect())
}

#[tokio::test]
async fn a_document_is_settled_when_all_of_it_is_acknowledged() {
    let outbox = Outbox::new(ROOMY);
    let submission = outbox.submission();
    let first = submission.put(items(&["a", "b"])).await;
    let empty = submission.put(Vec::new()).await;
    let second = submission.put(items(&["c"])).await;
    assert_eq!(names(&outbox.batch(0, 100, 1_000)), ["a", "b", "c"]);
    assert_eq!(names(&outbox.batch(0, 100, 20)), ["a", "b"]);
    assert_eq!(names(&outbox.batch(1, 1, 1_000)), ["b"]);
    assert_eq!(names(&outbox.batch(0, 100, 1)), ["a"], "one item always fits");
    outbox.acknowledge("e", false, vec![(0, Outcome::Appended)]);
    assert!(submission.settled(&first).now_or_never().is_none());
    outbox.acknowledge("e", false, vec![(1, Outcome::Refused("no".to_owned())), (2, Outcome::Duplicate)]);
    let outcomes = submission.settled(&first).now_or_never().expect("settled");
    assert_eq!(outcomes, Ok(vec![Outcome::Appended, Outcome::Refused("no".to_owned())]));
    assert_eq!(submission.settled(&empty).now_or_never(), Some(Ok(Vec::new())));
    assert_eq!(submission.settled(&second).now_or_never(), Some(Ok(vec![Outcome::Duplicate])));
    assert_eq!(submission.finished().now_or_never(), Some(Ok(())));
    drop(submission);
    assert_eq!(outbox.pending_count(), 0);
    assert!(outbox.inner.state.lock().items.is_empty());
}

#[tokio::test]
async fn who_puts_waits_for_room() {
    let outbox = Outbox::new(Bounds { pending_events_max: 2, ..ROOMY });
    let submission = outbox.submission();
    submission.put(items(&["a", "b"])).await;
    assert!(submission.put(items(&["c"])).now_or_never().is_none());
    assert!(submission.put(Vec::new()).now_or_never().is_some(), "nothing needs no room");
    acknowledge(&outbox, "e", false, &Outcome::Appended);
    assert!(submission.put(items(&["c", "d", "e"])).now_or_never().is_some(), "a large document waits for none other");
    let outbox = Outbox::new(Bounds { pending_bytes_max: 15, ..ROOMY });
    let submission = outbox.submission();
    submission.put(items(&["a"])).await;
    assert!(submission.put(items(&["b"])).now_or_never().is_none());
}

#[tokio::test]
async fn a_new_epoch_sends_a_running_submission_again() {
    let outbox = Outbox::new(ROOMY);
    let ended = outbox.submission();
    ended.put(items(&["x"])).await;
    let running = outbox.submission();
    let first = running.put(items(&["a", "b"])).await;
    assert!(!acknowledge(&outbox, "one", false, &Outcome::Appended));
    ended.finished().await.expect("finished");
    drop(ended);
    running.settled(&first).await.expect("settled");
    let second = running.put(items(&["c"])).await;
    assert!(acknowledge(&outbox, "two", false, &Outcome::Appended), "the epoch is new");
    assert_eq!(names(&outbox.batch(outbox.resume_at(), 100, 1_000)), ["a", "b", "c"]);
    assert!(running.settled(&second).now_or_never().is_none());
    // "c" was taken by the new log already: it tells a duplicate, which is one of itself.
    assert!(!acknowledge(&outbox, "two", false, &Outcome::Duplicate));
    assert_eq!(running.settled(&second).await, Ok(vec![Outcome::Appended]));
    running.finished().await.expect("finished");
    drop(running);
    assert!(outbox.inner.state.lock().items.is_empty());
}

#[tokio::test]
async fn what_is_durable_is_not_kept() {
    let outbox = Outbox::new(ROOMY);
    let submission = outbox.submission();
    let first = submission.put(items(&["a"])).await;
    acknowledge(&outbox, "e", true, &Outcome::Appended);
    submission.settled(&first).await.expect("settled");
    submission.put(items(&["b"])).await;
    acknowledge(&outbox, "e", true, &Outcome::Appended);
    assert_eq!(outbox.inner.state.lock().items.len(), 1, "the second is not told yet, the first is gone");
}

#[tokio::test]
async fn what_was_let_go_and_is_needed_again_is_told() {
    let outbox = Outbox::new(Bounds { kept_events_max: 1, ..ROOMY });
    let submission = outbox.submission();
    for name in ["a", "b", "c"] {
        let ticket = submission.put(items(&[name])).await;
        acknowledge(&outbox, "one", false, &Outcome::Appended);
        submission.settled(&ticket).await.expect("settled");
    }
    let last = submission.put(items(&["d"])).await;
    acknowledge(&outbox, "two", false, &Outcome::Appended);
    let error = submission.settled(&last).await.expect_err("lost");
    assert!(matches!(error, Error::Lost { count: 1.. }), "{error:?}");
    assert!(submission.finished().await.is_err());
    // Another submission is not hurt.
    let other = outbox.submission();
    let ticket = other.put(items(&["e"])).await;
    acknowledge(&outbox, "two", false, &Outcome::Appended);
    assert_eq!(other.settled(&ticket).await, Ok(vec![Outcome::Appended]));
}

#[tokio::test]
async fn items_outlive_a_submission_that_was_given_up() {
    let outbox = Outbox::new(ROOMY);
    let submission = outbox.submission();
    submission.put(items(&["a"])).await;
    drop(submission);
    assert_eq!(outbox.pending_count(), 1);
    assert!(outbox.drained().now_or_never().is_none());
    acknowledge(&outbox, "e", false, &Outcome::Appended);
    outbox.drained().await;
    assert!(outbox.inner.state.lock().items.is_empty());
}
