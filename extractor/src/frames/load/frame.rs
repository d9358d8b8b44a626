//! One frame as its file tells it, read into a [`Frame`] of each of its types.

use std::{collections::BTreeMap, slice};

use hashbrown::HashSet;
use toml::Spanned;

use crate::frames::{
    Condition, Frame, FrameTest, Inner, KindSet, Requirement, Role, RoleRule, Trigger, TriggerClass, file,
    inflect::{noun_forms, verb_forms},
    load::{Error, source::Source},
};

/// What stands in an id for the name of the type, in lower case.
const TYPE_IN_ID: &str = "{type}";

impl Source<'_> {
    /// The frames that an entry makes: one of each type that it tells, in their order.
    pub(super) fn frames(&self, spanned: &Spanned<file::Frame>) -> Result<Vec<Frame>, Error> {
        self.types(spanned)?.iter().map(|event_type| self.frame(spanned, event_type.get_ref())).collect()
    }

    fn types<'f>(&self, spanned: &'f Spanned<file::Frame>) -> Result<&'f [Spanned<String>], Error> {
        let entry = spanned.get_ref();
        let id = entry.id.get_ref();
        let types = match (&entry.event_type, &entry.event_types) {
            (Some(event_type), None) => slice::from_ref(event_type),
            (None, Some(types)) if types.get_ref().is_empty() => {
                return Err(self.error(types, "types is an empty list; give one type or more"));
            }
            (None, Some(types)) => types.get_ref(),
            (Some(_), Some(types)) => {
                return Err(self.error(types, format!("frame {id:?} has both type and types; give one of them")));
            }
            (None, None) => {
                return Err(self.error(spanned, format!("frame {id:?} has no type; give type, or types for several")));
            }
        };
        for (number, spanned) in types.iter().enumerate() {
            let event_type = spanned.get_ref();
            if event_type.is_empty()
                || !event_type.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
            {
                return Err(self.error(spanned, format!("type {event_type:?} is not in UPPER_SNAKE_CASE")));
            }
            if types[..number].iter().any(|earlier| earlier.get_ref() == event_type) {
                return Err(self.error(spanned, format!("type {event_type:?} stands twice; list each type once")));
            }
        }
        if types.len() > 1 && !id.contains(TYPE_IN_ID) {
            let message = format!(
                "frame id {id:?} would be that of {} frames; put {TYPE_IN_ID} into it, for the type in lower case",
                types.len()
            );
            return Err(self.error(&entry.id, message));
        }
        for written in entry.test.iter().filter_map(|test| test.get_ref().event_type.as_ref()) {
            if !types.iter().any(|event_type| event_type.get_ref() == written.get_ref()) {
                let names: Vec<&str> = types.iter().map(|event_type| event_type.get_ref().as_str()).collect();
                let message =
                    format!("type {:?} is none of this frame; give one of {}", written.get_ref(), names.join(", "));
                return Err(self.error(written, message));
            }
        }
        Ok(types)
    }

    fn frame(&self, spanned: &Spanned<file::Frame>, event_type: &str) -> Result<Frame, Error> {
        let entry = spanned.get_ref();
        let id = entry.id.get_ref().replace(TYPE_IN_ID, &event_type.to_ascii_lowercase());
        let mut triggers = Vec::new();
        for (class, written) in [
            (TriggerClass::Verb, &entry.verb),
            (TriggerClass::Noun, &entry.noun),
            (TriggerClass::Phrase, &entry.phrase),
        ] {
            for item in written {
                triggers.extend(self.trigger(class, item)?);
            }
        }
        if triggers.is_empty() {
            return Err(self.error(spanned, format!("frame {id:?} has no trigger; give verb, noun or phrase")));
        }
        let mut roles = Vec::new();
        for (name, role) in &entry.role {
            roles.push(self.role(name, role)?);
        }
        roles.sort_by_key(|rule: &RoleRule| rule.role != Role::Amount);
        let mut require = Vec::new();
        for item in &entry.require {
            require.push(self.requirement(item, &roles)?);
        }
        let inner = match &entry.inner {
            None => Inner::Keep,
            Some(value) => match value.get_ref().as_str() {
                "keep" => Inner::Keep,
                "swallow" => Inner::Swallow,
                "yield" => Inner::Yield,
                other => {
                    return Err(self.error(value, format!("inner is {other:?}; give keep, swallow or yield")));
                }
            },
        };
        let modality = entry.factuality.as_ref().map(|value| self.modality(value)).transpose()?;
        let own = |test: &&Spanned<file::Test>| {
            test.get_ref().event_type.as_ref().is_none_or(|written| written.get_ref() == event_type)
        };
        Ok(Frame {
            id,
            event_type: event_type.to_owned(),
            triggers,
            priority: entry.priority,
            under_required: entry.require.iter().all(|item| !item.get_ref().contains("under")),
            under: self.words(&entry.under, spanned)?,
            roles,
            require,
            need: self.conditions(&entry.need)?,
            veto: self.conditions(&entry.veto)?,
            negated: entry.negated,
            inner,
            yield_to: entry.yield_to.iter().map(|item| item.get_ref().clone()).collect(),
            modality,
            tests: entry.test.iter().filter(own).map(|test| self.test(test)).collect::<Result<_, _>>()?,
            origin: self.origin(spanned),
        })
    }

    /// A trigger as written; `a|b` in a word stands for either.
    fn trigger(&self, class: TriggerClass, item: &Spanned<String>) -> Result<Vec<Trigger>, Error> {
        let mut all: Vec<Vec<String>> = vec![Vec::new()];
        for word in item.get_ref().split_whitespace() {
            let alternatives: Vec<String> = match word.strip_prefix('$') {
                Some(list) => self.list(list, item)?.to_vec(),
                None => word.split('|').map(str::to_owned).collect(),
            };
            all = all
                .iter()
                .flat_map(|words| {
                    alternatives.iter().map(move |alternative| {
                        words.iter().cloned().chain(alternative.split_whitespace().map(str::to_owned)).collect()
                    })
                })
                .collect();
        }
        if all.iter().any(|words: &Vec<String>| words.is_empty() || words.iter().any(|w| *w != w.to_lowercase())) {
            return Err(self.error(item, "a trigger is one or more words in lower case"));
        }
        Ok(all.into_iter().map(|words| Trigger { class, words }).collect())
    }

    fn role(&self, name: &Spanned<String>, role: &file::Role) -> Result<RoleRule, Error> {
        let known = Role::parse(name.get_ref()).ok_or_else(|| {
            let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
            self.error(name, format!("role {:?} is unknown; give one of {}", name.get_ref(), names.join(", ")))
        })?;
        Ok(RoleRule {
            role: known,
            at: role.at.iter().map(|path| self.path(path.get_ref(), path)).collect::<Result<_, _>>()?,
            kinds: role.is.as_ref().map_or(Ok(KindSet::ANY), |kinds| self.kinds(kinds))?,
            soft: role.soft,
        })
    }

    fn requirement(&self, item: &Spanned<String>, roles: &[RoleRule]) -> Result<Vec<Requirement>, Error> {
        item.get_ref()
            .split('|')
            .map(|alternative| match alternative.trim() {
                "support" => Ok(Requirement::Support),
                "under" => Ok(Requirement::Under),
                name => Role::parse(name)
                    .filter(|role| roles.iter().any(|rule| rule.role == *role))
                    .map(Requirement::Role)
                    .ok_or_else(|| {
                        self.error(item, format!("{name:?} is required but is no role of this frame, support or under"))
                    }),
            })
            .collect()
    }

    fn conditions(&self, written: &BTreeMap<Spanned<String>, file::Condition>) -> Result<Vec<Condition>, Error> {
        written
            .iter()
            .map(|(path, condition)| {
                Ok(Condition {
                    paths: path
                        .get_ref()
                        .split('|')
                        .map(|alternative| self.path(alternative.trim(), path))
                        .collect::<Result<_, _>>()?,
                    lemmas: match &condition.lemma {
                        Some(lemmas) => {
                            // All forms, so that a wrong lemma meets no wrong answer.
                            let forms = |word: &String| noun_forms(word).into_iter().chain(verb_forms(word));
                            self.words(lemmas.get_ref().items(), lemmas)?.iter().flat_map(forms).collect()
                        }
                        None => HashSet::new(),
                    },
                    kinds: condition.is.as_ref().map(|kinds| self.kinds(kinds)).transpose()?,
                })
            })
            .collect()
    }

    fn test(&self, spanned: &Spanned<file::Test>) -> Result<FrameTest, Error> {
        let entry = spanned.get_ref();
        let mut want = Vec::new();
        for (name, values) in &entry.want {
            let role = Role::parse(name.get_ref())
                .ok_or_else(|| self.error(name, format!("role {:?} is unknown", name.get_ref())))?;
            want.push((role, values.get_ref().items().to_vec()));
        }
        if let Some(value) = &entry.factuality {
            self.modality(value)?;
        }
        Ok(FrameTest {
            text: entry.text.clone(),
            fires: entry.fires,
            rival: entry.rival,
            want,
            factuality: entry.factuality.as_ref().map(|value| value.get_ref().clone()),
            origin: self.origin(spanned),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::frames::FrameSet;

    /// What frames come of the lines below `[[frame]]`, which is line 2, or why none do.
    fn load(lines: &str) -> String {
        let text = format!("schema = \"frames/1\"\n[[frame]]\n{lines}");
        match FrameSet::from_sources([("f.toml".to_owned(), text)].into_iter()) {
            Ok(set) => set
                .frames()
                .iter()
                .map(|frame| {
                    let tests: Vec<&str> = frame.tests.iter().map(|test| test.text.as_str()).collect();
                    format!("{} {} [{}]\n", frame.id, frame.event_type, tests.join(" "))
                })
                .collect(),
            Err(error) => error.to_string(),
        }
    }

    fn check(lines: &str, expected: &str) {
        assert_eq!(load(lines).trim_end(), expected, "{lines}");
    }

    #[test]
    fn a_frame_is_made_of_each_type() {
        check("id = 'a'\ntype = 'FINE'\nverb = ['do so']\ntest = [{ text = 'x' }]", "a FINE [x]");
        check("id = '{type}.b'\ntype = 'FINE'\nverb = ['do so']", "fine.b FINE []");
        check("id = 'b'\ntypes = ['FINE']\nverb = ['do so']", "b FINE []");
        check(
            "id = '{type}.so'\ntypes = ['FINE', 'DATA_BREACH', 'BAN']\nverb = ['do so']\n\
             test = [{ text = 'x', type = 'BAN' }, { text = 'y' }, { text = 'z', type = 'FINE' }]",
            "fine.so FINE [y z]\ndata_breach.so DATA_BREACH [y]\nban.so BAN [x y]",
        );
    }

    #[test]
    fn types_that_cannot_be_meant_are_refused_with_their_line() {
        check("id = 'a'\nverb = ['do so']", "f.toml:2: frame \"a\" has no type; give type, or types for several");
        check(
            "id = '{type}.so'\ntype = 'FINE'\ntypes = ['BAN']\nverb = ['do so']",
            "f.toml:5: frame \"{type}.so\" has both type and types; give one of them",
        );
        check(
            "id = '{type}.so'\ntypes = []\nverb = ['do so']",
            "f.toml:4: types is an empty list; give one type or more",
        );
        check(
            "id = '{type}.so'\ntypes = [\n'FINE',\n'BAN',\n'FINE',\n]\nverb = ['do so']",
            "f.toml:7: type \"FINE\" stands twice; list each type once",
        );
        check(
            "id = '{type}.so'\ntypes = [\n'FINE',\n'Ban',\n]\nverb = ['do so']",
            "f.toml:6: type \"Ban\" is not in UPPER_SNAKE_CASE",
        );
        check(
            "id = 'so'\ntypes = ['FINE', 'BAN']\nverb = ['do so']",
            "f.toml:3: frame id \"so\" would be that of 2 frames; put {type} into it, for the type in lower case",
        );
        check(
            "id = '{type}.so'\ntypes = ['FINE', 'BAN']\nverb = ['do so']\n\
             [[frame]]\nid = 'ban.so'\ntype = 'BAN'\nverb = ['do so']",
            "f.toml:7: frame id \"ban.so\" is taken; give each frame its own",
        );
    }

    #[test]
    fn a_test_of_a_type_that_the_frame_is_not_made_for_is_refused_with_its_line() {
        check(
            "id = '{type}.so'\ntypes = ['FINE', 'BAN']\nverb = ['do so']\n\
             test = [\n{ text = 'x', type = 'BAN' },\n{ text = 'y', type = 'EXIT' },\n]",
            "f.toml:8: type \"EXIT\" is none of this frame; give one of FINE, BAN",
        );
        check(
            "id = 'a'\ntype = 'FINE'\nverb = ['do so']\ntest = [{ text = 'x', type = 'BAN' }]",
            "f.toml:6: type \"BAN\" is none of this frame; give one of FINE",
        );
    }
}
