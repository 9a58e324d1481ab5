//! Coded lists: one macro, so that a code, its Chinese term and its English gloss stand in one row.

/// A text that is not a code of the list it was read as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a code of {list}")]
pub struct Unknown {
    /// The Rust name of the list.
    pub list: &'static str,
    /// What was read.
    pub text: String,
}

/// Defines a closed list of codes: an enum with `ALL`, `code`, `zh`, `en`, `FromStr` and `Display` (the code).
///
/// The code is what SQL, JSON and TypeScript hold; `zh` is the term of the standards and of the screen.
macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* #[doc = $zh] $variant,)+ }

        impl $name {
            /// Every code, in the order of the list.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];
            /// The code that SQL, JSON and TypeScript hold.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $($name::$variant => $code,)+ } }
            /// The Chinese term.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $($name::$variant => $zh,)+ } }
            /// The English term.
            #[must_use]
            pub const fn en(self) -> &'static str { match self { $($name::$variant => $en,)+ } }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::Unknown;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($code => Ok($name::$variant),)+ _ => Err($crate::kernel::Unknown { list: stringify!($name), text: text.to_owned() }) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.code()) }
        }
    };
}
pub(crate) use coded;
