//! A widget's own looks: overrides of the variables that its style sheet is written in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SettingError;

/// A widget has at most so many looks of its own.
pub const MOST_THEMES: usize = 12;
/// The longest name of a look, in characters.
const LONGEST_NAME: usize = 32;
/// The longest value of a variable, in characters.
const LONGEST_VALUE: usize = 64;
/// Looks that come with Beckon and cannot be replaced; `default` can.
const RESERVED: [&str; 3] = ["light", "dark", "ocean"];
/// What a value must not say: it would end the value, or load something from elsewhere.
const REFUSED: [&str; 11] = [";", "{", "}", "<", ">", "\\", "url(", "image(", "image-set(", "src(", "@"];

/// The variables that a theme can set.
pub const THEME_VARIABLES: [&str; 24] = [
    "--bk-ground",
    "--bk-surface",
    "--bk-sunken",
    "--bk-line",
    "--bk-edge",
    "--bk-text",
    "--bk-muted",
    "--bk-accent",
    "--bk-accent-hover",
    "--bk-accent-tint",
    "--bk-on-accent",
    "--bk-signal",
    "--bk-signal-tint",
    "--bk-danger",
    "--bk-danger-tint",
    "--bk-float-border",
    "--bk-float-shadow",
    "--bk-font-ui",
    "--bk-font-voice",
    "--bk-radius-chip",
    "--bk-radius-control",
    "--bk-radius-bubble",
    "--bk-radius-window",
    "--bk-radius-launcher",
];

/// Values by the full name of their variable.
pub type Styles = BTreeMap<String, String>;

/// Light or dark, whatever the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// One look.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Theme {
    /// Overrides.
    #[serde(default)]
    pub styles: Styles,
    /// Overrides when it is dark.
    #[serde(default, skip_serializing_if = "Styles::is_empty")]
    pub dark_styles: Styles,
    /// Light or dark; `None`: as the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Scheme>,
}

/// A widget's own looks by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Themes(BTreeMap<String, Theme>);

/// The looks that come with Beckon, by name, in the order in which a list shows them.
fn shipped() -> [(&'static str, Theme); 4] {
    let accent = |colour: &str| Styles::from([("--bk-accent".to_owned(), colour.to_owned())]);
    let always = |scheme| Theme { scheme: Some(scheme), ..Theme::default() };
    [
        ("default", Theme::default()),
        ("light", always(Scheme::Light)),
        ("dark", always(Scheme::Dark)),
        ("ocean", Theme { styles: accent("#1D5B86"), dark_styles: accent("#86C2EC"), scheme: None }),
    ]
}

impl Themes {
    /// Checks and keeps the looks: at most 12, with names, variables and values that are safe on any page.
    pub fn new(themes: BTreeMap<String, Theme>) -> Result<Self, SettingError> {
        if themes.len() > MOST_THEMES {
            return Err(SettingError::TooMany { limit: MOST_THEMES, given: themes.len() });
        }
        for (name, theme) in &themes {
            let plain = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
            if name.is_empty() || name.len() > LONGEST_NAME || !plain || RESERVED.contains(&name.as_str()) {
                return Err(SettingError::ThemeName(name.chars().take(LONGEST_NAME).collect()));
            }
            for (variable, value) in theme.styles.iter().chain(&theme.dark_styles) {
                if !THEME_VARIABLES.contains(&variable.as_str()) {
                    return Err(SettingError::ThemeVariable(variable.chars().take(LONGEST_VALUE).collect()));
                }
                let lower = value.to_lowercase();
                let refused = REFUSED.iter().any(|part| lower.contains(part));
                let long = value.chars().count() > LONGEST_VALUE;
                if value.trim().is_empty() || refused || long || value.contains(char::is_control) {
                    return Err(SettingError::ThemeValue(variable.clone()));
                }
            }
        }
        Ok(Self(themes))
    }

    /// All looks that a page can choose: those that come with Beckon, with this widget's own `default` if it has one,
    /// and then its others.
    pub fn with_shipped(&self) -> Vec<(String, Theme)> {
        let mut all: Vec<_> = shipped().map(|(name, theme)| (name.to_owned(), theme)).into();
        for (name, theme) in &self.0 {
            match all.iter_mut().find(|(known, _)| known == name) {
                Some((_, replaced)) => *replaced = theme.clone(),
                None => all.push((name.clone(), theme.clone())),
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Scheme, SettingError, THEME_VARIABLES, Theme, Themes};

    fn named(name: &str, variable: &str, value: &str) -> Result<Themes, SettingError> {
        let styles = BTreeMap::from([(variable.to_owned(), value.to_owned())]);
        Themes::new(BTreeMap::from([(name.to_owned(), Theme { styles, ..Theme::default() })]))
    }

    #[test]
    fn a_theme_sets_variables_of_the_style_sheet_only() {
        let tokens = include_str!("../../../../web/ui/src/tokens.css");
        for variable in THEME_VARIABLES {
            assert!(tokens.contains(&format!("{variable}:")), "{variable} is no token");
        }
        assert!(named("autumn", "--bk-accent", "#8a3b12").is_ok());
        assert!(named("default", "--bk-radius-bubble", "4px").is_ok(), "default may be replaced");
        let refused = named("autumn", "--other", "red");
        assert_eq!(refused, Err(SettingError::ThemeVariable("--other".to_owned())));
    }

    #[test]
    fn own_looks_stand_after_the_shipped_ones_and_default_is_replaced() {
        let mut own = named("default", "--bk-accent", "#8a3b12").unwrap().0;
        own.insert("autumn".to_owned(), Theme::default());
        let all = Themes::new(own).unwrap().with_shipped();
        let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["default", "light", "dark", "ocean", "autumn"]);
        assert_eq!(all[0].1.styles["--bk-accent"], "#8a3b12");
        let schemes: Vec<_> = all.iter().map(|(_, theme)| theme.scheme).collect();
        assert_eq!(schemes, [None, Some(Scheme::Light), Some(Scheme::Dark), None, None]);
        assert!(all[3].1.styles != all[3].1.dark_styles, "ocean by day and by night");
    }

    #[test]
    fn values_cannot_load_or_escape() {
        for value in [
            "URL(https://x)",
            "red; color: blue",
            "red}",
            "\\75rl(x)",
            "image-set('x')",
            "",
            "a\nb",
            &"x".repeat(65),
        ] {
            assert!(named("autumn", "--bk-accent", value).is_err(), "{value}");
        }
        assert!(named("autumn", "--bk-accent", "oklch(62% 0.1 250 / 0.9)").is_ok());
    }

    #[test]
    fn names_are_short_and_free() {
        for name in ["", "Autumn", "a b", "light", "ocean", "../x", &"x".repeat(33)] {
            assert!(named(name, "--bk-accent", "red").is_err(), "{name}");
        }
        let many = |count: usize| (0..count).map(|n| (format!("t{n}"), Theme::default())).collect();
        assert!(Themes::new(many(12)).is_ok());
        assert_eq!(Themes::new(many(13)), Err(SettingError::TooMany { limit: 12, given: 13 }));
    }
}
