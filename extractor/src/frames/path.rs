//! Paths from a trigger to the fillers of a role: `obj`, `p:on`, `obj.p:to`, `support.A1`, `under.subj`, `theme`.

use crate::predicates::Slot;

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the fillers of a slot.
    Slot(Slot),
    /// From a noun to who gives the act that it names, as its support verb tells.
    SupportGiver,
    /// From a noun to who receives the act that it names, as its support verb tells.
    SupportReceiver,
    /// To the governing word that the frame names in `under`.
    Under,
    /// From an adjective or phrase to what it is said of ("the site went dark").
    Theme,
    /// From an adjective or phrase to who brings it about ("put the site out of reach").
    Agent,
    /// To the word that governs this one.
    Governor,
    /// To the trigger itself.
    Itself,
}

/// Steps from the trigger to a filler; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The steps, in order.
    pub steps: Vec<Step>,
}

impl Path {
    /// The path that frame files write as `text`; none where a step is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut parts = text.split('.').peekable();
        while let Some(part) = parts.next() {
            steps.push(match part {
                "support" => match parts.next()? {
                    "A0" => Step::SupportGiver,
                    "A1" => Step::SupportReceiver,
                    _ => return None,
                },
                "under" => Step::Under,
                "theme" => Step::Theme,
                "agent" => Step::Agent,
                "governor" => Step::Governor,
                "self" => Step::Itself,
                slot => Step::Slot(Slot::parse(slot)?),
            });
        }
        (!steps.is_empty()).then_some(Self { steps })
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Slot(slot) => write!(f, "{slot}")?,
                Step::SupportGiver => f.write_str("support.A0")?,
                Step::SupportReceiver => f.write_str("support.A1")?,
                Step::Under => f.write_str("under")?,
                Step::Theme => f.write_str("theme")?,
                Step::Agent => f.write_str("agent")?,
                Step::Governor => f.write_str("governor")?,
                Step::Itself => f.write_str("self")?,
            }
        }
        Ok(())
    }
}
