//! Where something stands in JSON: the part of JSONPath (RFC 9535) that names members, elements and all elements.
//!
//! Filters, slices and descendants are left out: an answer that needs them is mapped by whoever sends it. A crate for
//! all of RFC 9535 reads numbers as floating point, which loses their digits.

use std::fmt;

use super::Fault;

/// A path such as `$.data[*].so_luong` or, inside a row, `so_luong`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    written: String,
    steps: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of an object.
    Member(String),
    /// The element of a list, from 0.
    Element(usize),
    /// Every element of a list.
    All,
}

impl Path {
    /// Reads `$.data[*].value`, `$['số lượng']`, `data.items[0]`; the `$` may be left out.
    ///
    /// ```
    /// use measure::connector::Path;
    /// assert_eq!(Path::parse("$.data[*]").unwrap().to_string(), "$.data[*]");
    /// assert!(Path::parse("$..value").is_err());
    /// ```
    pub fn parse(written: &str) -> Result<Path, Fault> {
        let bad = || Fault::BadPath(written.chars().take(200).collect());
        let text = written.trim();
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        let mut steps = vec![];
        let mut is_first = rest.len() == text.len();
        if written.len() > 500 || text.is_empty() {
            return Err(bad());
        }
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[') {
                let quote = inside.chars().next().filter(|first| matches!(first, '\'' | '"'));
                let (step, after) = match quote {
                    Some(quote) => {
                        let (name, after) = inside[1..].split_once(quote).ok_or_else(bad)?;
                        (Step::Member(name.to_owned()), after.strip_prefix(']').ok_or_else(bad)?)
                    }
                    None => {
                        let (index, after) = inside.split_once(']').ok_or_else(bad)?;
                        let step = match index {
                            "*" => Step::All,
                            index => Step::Element(index.parse().map_err(|_| bad())?),
                        };
                        (step, after)
                    }
                };
                steps.push(step);
                rest = after;
            } else {
                let name = match rest.strip_prefix('.') {
                    Some(name) => name,
                    None if is_first => rest,
                    None => return Err(bad()),
                };
                let end = name.find(['.', '[']).unwrap_or(name.len());
                let (name, after) = name.split_at(end);
                if name.is_empty() || name.contains([']', '?', '@', '*', '\'', '"']) {
                    return Err(bad());
                }
                steps.push(Step::Member(name.to_owned()));
                rest = after;
            }
            is_first = false;
        }
        if steps.len() > 20 {
            return Err(bad());
        }
        Ok(Path { written: text.to_owned(), steps })
    }

    /// Its steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_members_and_elements_and_nothing_else() {
        let member = |name: &str| Step::Member(name.into());
        for (text, expected) in [
            ("$", Some(vec![])),
            ("$.data[*]", Some(vec![member("data"), Step::All])),
            ("so_luong", Some(vec![member("so_luong")])),
            ("ket qua.so", Some(vec![member("ket qua"), member("so")])),
            ("$['a.b'][\"c\"][0]", Some(vec![member("a.b"), member("c"), Step::Element(0)])),
            ("[2]", Some(vec![Step::Element(2)])),
            ("", None),
            ("$..a", None),
            ("$.a[?@.b>1]", None),
            ("$.a[1:2]", None),
            ("$.a[-1]", None),
            ("$.*", None),
            ("$.a['b", None),
            ("$a", None),
            ("a]", None),
        ] {
            assert_eq!(Path::parse(text).ok().map(|path| path.steps), expected, "{text}");
        }
    }
}
