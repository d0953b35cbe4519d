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
/// Words of the other keys by which the card tells whether a number is an amount: a unit, a scale, another price. Of short
/// ones only the whole word says it: a *cart* is no *art*.
const BESIDE: [&str; 32] = [
    "unit",
    "einheiten",
    "unite",
    "unita",
    "unidad",
    "unidade",
    "uom",
    "denomination",
    "type",
    "kind",
    "typ",
    "art",
    "mode",
    "valuetype",
    "discounttype",
    "amounttype",
    "object",
    "entity",
    "precision",
    "scale",
    "exponent",
    "fraction",
    "fractiondigit",
    "cent",
    "minor",
    "minorunit",
    "currencyminorunit",
    "pence",
    "preise",
    "precio",
    "prezzo",
    "preco",
];
/// The same at the end of a word that is written without a gap, as *unitprice* and *Gesamtpreis*.
const BESIDE_ENDS: [&str; 9] =
    ["price", "preis", "preise", "prix", "preço", "precio", "subtotal", "decimals", "einheit"];

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
    let says = |word: &String| {
        [word.as_str(), singular(word)]
            .iter()
            .any(|word| BESIDE.contains(word) || BESIDE_ENDS.iter().any(|end| word.ends_with(end)))
    };
    CURRENCY.contains(&bare(key).as_str()) || words(key).iter().any(says)
}

/// The words of a key, in lower case: `minorUnit`, `minor_unit` and `MINOR-UNIT` have the same two.
fn words(key: &str) -> Vec<String> {
    let chars: Vec<char> = key.chars().collect();
    let mut words = vec![String::new()];
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1);
        // *minorUnit*, and *EURPrice*.
        let begins = c.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        let is_gap = !c.is_alphabetic();
        if begins || is_gap {
            words.push(String::new());
        }
        if !is_gap && let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// *units* as *unit*.
fn singular(word: &str) -> &str {
    word.strip_suffix('s').unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::bears_on_amounts;

    #[test]
    fn a_key_bears_on_amounts_by_whole_words() {
        for key in [
            "currency",
            "currencyCode",
            "CURRENCY_CODE",
            "unit",
            "minorUnits",
            "minor_unit",
            "priceType",
            "EURPrice",
            "total-in-cents",
            "amount2Type",
            "decimals",
            "preço",
            "unitprice",
            "Gesamtpreis",
            "minorunits",
            "fractiondigits",
            "prices",
            "art",
            "mode",
            "subtotal",
            "unidades",
        ] {
            assert!(bears_on_amounts(key), "{key}");
        }
        for key in [
            "cart",
            "cartId",
            "model",
            "modelYear",
            "recent",
            "community",
            "party",
            "artist",
            "typography",
            "percent",
            "prototype",
            "",
            "_",
            "\u{1f6d2}",
        ] {
            assert!(!bears_on_amounts(key), "{key}");
        }
    }
}
