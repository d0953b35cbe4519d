//! Which members of a context are amounts of money, by their keys. The card decides how one is shown; here it only has to
//! be known what belongs together.

use super::json;

/// What the key of a currency may be, in the five languages that sites write their keys in.
const CURRENCY: [&str; 14] = [
    "currency",
    "currencycode",
    "currencyisocode",
    "isocurrencycode",
    "währung",
    "waehrung",
    "währungscode",
    "waehrungscode",
    "devise",
    "codedevise",
    "moneda",
    "codigomoneda",
    "valuta",
    "moeda",
];
/// What the key of an amount beside it may be.
const AMOUNT: [&str; 8] = ["amount", "value", "price", "betrag", "montant", "importe", "importo", "valor"];
/// Parts of the other keys by which the card tells whether a number is an amount: a unit, a scale, another price.
const BESIDE: [&str; 29] = [
    "unit",
    "einheit",
    "unidad",
    "unidade",
    "uom",
    "denomination",
    "type",
    "kind",
    "typ",
    "art",
    "mode",
    "object",
    "entity",
    "precision",
    "scale",
    "exponent",
    "fraction",
    "decimals",
    "cent",
    "minor",
    "pence",
    "price",
    "preis",
    "prix",
    "precio",
    "prezzo",
    "preco",
    "preço",
    "subtotal",
];

/// A key without case and gaps.
fn bare(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether an object is nothing but an amount and its currency.
pub(super) fn is_amount(object: &str) -> bool {
    let members = json::object(object).unwrap_or_default();
    let named = |names: &[&str]| members.iter().any(|(key, _)| names.contains(&bare(key).as_str()));
    members.len() == 2 && named(&CURRENCY) && named(&AMOUNT)
}

/// Whether a member may decide how amounts beside it are shown.
pub(super) fn bears_on_amounts(key: &str) -> bool {
    let key = bare(key);
    CURRENCY.contains(&key.as_str()) || BESIDE.iter().any(|part| key.contains(part))
}
