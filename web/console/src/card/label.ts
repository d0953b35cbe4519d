/** Words that people write in capitals; the rest of a label is lower case after its first letter. */
const CAPITALS = new Set(
  'abs api bic crm csv ean erp eta eu faq gps gtin http https iban id ip isbn iso json kyc led ltv pdf pin ram rgb sku sms ssd suv uk url us usa usb utc utm uuid vat vin vip'.split(
    ' ',
  ),
);

/** The words a key is made of, in lower case: `deliveryDate`, `delivery_date` and `DELIVERY-DATE` are two words each. */
export function wordsOf(key: string): string[] {
  return splitKey(key).map((word) => word.toLowerCase());
}

function splitKey(key: string): string[] {
  return key
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{N})/gu, '$1 $2')
    .split(/[\s_\-.:/]+/u)
    .filter((word) => word !== '');
}

/** What a programmer's name is made of. Anything else was written to be read as it stands. */
const NAME = /^[\p{L}\p{M}\p{N}_.:-]+$/u;

/** A key made readable; the true one is in the row's details. A key written as a phrase is left as it is. */
export function labelOf(key: string): string {
  if (key.trim() === '') return JSON.stringify(key);
  if (!NAME.test(key) || !/\p{L}/u.test(key)) return key;
  const words = splitKey(key);
  // In a key that shouts throughout, capitals carry no meaning.
  const shouting = key === key.toUpperCase();
  const readable = words.map((word) => {
    const low = word.toLowerCase();
    if (CAPITALS.has(low)) return word.toUpperCase();
    if (CAPITALS.has(low.replace(/s$/u, '')) && low.endsWith('s')) return `${word.slice(0, -1).toUpperCase()}s`;
    return !shouting && word.length > 1 && word === word.toUpperCase() ? word : low;
  });
  const [first = '', ...rest] = readable;
  const [letter = '', ...tail] = Array.from(first);
  return [letter.toUpperCase() + tail.join(''), ...rest].join(' ');
}
