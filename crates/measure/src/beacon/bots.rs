//! Which visitors are machines, by what they call themselves.
//!
//! The rules are a list in a file (`data/bots.txt`), so that a new crawler is a line and not a change of program. A
//! machine that calls itself a browser is taken for one: this keeps figures honest, it is no defence.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

const LIST: &str = include_str!("../../data/bots.txt");

static RULES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(rules())
        .expect("the list is in the program and a test reads it")
});

/// The words of the list.
pub fn rules() -> impl Iterator<Item = &'static str> {
    LIST.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether a machine calls itself so. Every browser says something; who says nothing is none.
pub fn is_bot(agent: &str) -> bool {
    agent.trim().is_empty() || RULES.is_match(agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_are_known_by_their_names_and_browsers_are_not_mistaken() {
        for (agent, expected) in [
            ("", true),
            ("  ", true),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true),
            (
                "Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)",
                true,
            ),
            ("curl/8.5.0", true),
            ("python-requests/2.31.0", true),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
                true,
            ),
            ("facebookexternalhit/1.1", true),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
                false,
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/120.0 Chrome/120.0 Safari/537.36",
                false,
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; CUBOT X50) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36",
                false,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
                false,
            ),
        ] {
            assert_eq!(is_bot(agent), expected, "{agent}");
        }
    }

    #[test]
    fn every_rule_is_long_enough_to_mean_something() {
        for rule in rules() {
            assert!(rule.len() >= 4 && rule.is_ascii(), "{rule}");
        }
        assert!(rules().count() > 40);
    }
}
