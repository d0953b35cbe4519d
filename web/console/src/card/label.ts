/** Words that people write in capitals; the rest of a label is lower case after its first letter. */
const CAPITALS = new Set(
  'abs acv ai aov api apr apy arpu arr asin atm bic bmi bpm byok cac cdn cpc cpm cpu crm cro csat css csv ctr cvc cvr dns dob dsgvo dvd ean ecg ecu erp esim eta etd etf eu faq fob fps gb gdp gdpr gmv gpa gps gpt gpu gst gtin gui hdmi hrk html http https iata iban icao icd id imei imsi ip isbn iso isp jpg json kb kpi kyc lan lcd led llm ltv mb mfa mms moq mpn mri mrn mrr msrp nfc nps oem okr os otp pdf php pin plz png pnr ram rgb rma roas roi rpm rrp saas saml sdk seo sepa siem sim sip sku sla sms sql ssd sso ssl suv svg tb tcv tls tsv tv tva uae ui uk upc uri url us usa usb utc utm uuid uvp ux vat vin vip vm vpn vps wlan xml yoy yaml zip'.split(
    ' ',
  ),
);
/** Words with capitals of their own. */
const AS_WRITTEN: ReadonlyMap<string, string> = new Map(
  'kWh MWh GWh Wh kW km kg cm mm ml mg Mbit Gbit GHz MHz kHz Hz MwSt USt B2B B2C P2P CO2 2FA 3D 4K 5G HbA1c iOS iPhone iPad eSIM IPv4 IPv6 PayPal WhatsApp LinkedIn GitHub YouTube'
    .split(' ')
    .map((word) => [word.toLowerCase(), word]),
);
/** Words of letters and digits or odd capitals, which would fall apart at their capitals. */
const WHOLE =
  /[kKMG]Wh(?![a-z])|kW(?![a-z])|2FA|[bB]2[bBcC](?![a-z])|P2P|CO2|HbA1c|iOS|iPhone|iPad|eSIM|IPv[46]|PayPal|WhatsApp|LinkedIn|GitHub|YouTube/gu;

/**
 * The words a key is made of, as they are compared: in lower case, without accents. `deliveryDate`, `delivery_date` and
 * `DELIVERY-DATE` are two words each.
 */
export function wordsOf(key: string): string[] {
  const kept = known.get(key);
  if (kept) return kept;
  const words = splitKey(key).flatMap((word) =>
    word
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/ß/g, 'ss')
      .split(/[^\p{L}\p{N}%€$£¥]+/u),
  );
  const found = words.filter((word) => word !== '');
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, found);
  return found;
}

/** Keys whose words are remembered: a card asks for the same few hundred at each of its updates. */
const MOST_KNOWN = 4000;
const known = new Map<string, string[]>();

function splitKey(key: string): string[] {
  return key
    .replace(WHOLE, ' $& ')
    .split(/[\s_\-.:/]+/u)
    .flatMap((part) => (AS_WRITTEN.has(part.toLowerCase()) ? [part] : splitName(part)))
    .filter((word) => word !== '');
}

function splitName(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{N})/gu, '$1 $2')
    .split(' ');
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
    const written = AS_WRITTEN.get(low);
    if (written !== undefined) return written;
    if (CAPITALS.has(low)) return word.toUpperCase();
    if (CAPITALS.has(low.replace(/s$/u, '')) && low.endsWith('s')) return `${word.slice(0, -1).toUpperCase()}s`;
    return !shouting && word.length > 1 && word === word.toUpperCase() ? word : low;
  });
  const [first = '', ...rest] = readable;
  if (AS_WRITTEN.has(first.toLowerCase())) return readable.join(' ');
  const [letter = '', ...tail] = Array.from(first);
  return [letter.toUpperCase() + tail.join(''), ...rest].join(' ');
}
