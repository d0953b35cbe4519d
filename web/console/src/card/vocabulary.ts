/**
 * The words by which a key is judged, folded (lower case, no accents, ß as ss), in the five languages that sites write their
 * keys in. A word that is missing costs a format; a word too many shows a wrong amount. So in doubt it is left out.
 */
const set = (...lines: string[]): ReadonlySet<string> => new Set(lines.join(' ').split(/\s+/u));

/** What is never money, wherever in the key it stands. */
export const VETO = set(
  'rate rates percent percents percentage percentages percentile pct bps prozent prozentsatz satz pourcentage porcentaje percentuale percentual porcentagem percentagem %',
  'count counts counter num number numbers nr no index idx indice score scores ratio level levels niveau nivel livello stufe ebene punteggio puntuacion pontuacao tasso tasa taux aliquota rank ranking rating ratings stars position step stage',
  'nummer numero numeros anzahl menge cantidad quantite quantita quantidade qty quantity quantities stueckzahl nombre',
  'id ids uuid guid code codes key hash sku type typ tipo class klasse classe category kategorie categorie categoria gruppe groupe grupo gruppo art version date time checksum',
  'center centers centre centres centro kostenstelle',
  'share shares anteil faktor facteur fattore fator rang rango zone factor factors multiplier multiple margin growth change delta trend probability confidence fraction portion quota',
  'exchange fx conversion converted wechselkurs kurs',
  'thousand thousands tsd teur keur million millions mio billion billions mrd lakh crore',
);

/** Units and things that are counted: veto as well, but an amount may stand *per* one of them. */
export const COUNTED = set(
  'points point punkte puntos punti pontos coin coins credits tokens token miles meilen millas miglia milhas stamps badges',
  'minutes minute minuten minutos minuti seconds sekunden hours hour stunden heures horas ore days tage jours dias giorni nights naechte nachte nuits noches notti noites weeks wochen months monate mois meses mesi',
  'kg g mg lb lbs oz km mi meter meters metre metres metros cm mm m2 sqm km2 ha inch inches ft weight gewicht poids peso height hoehe width breite length laenge distance distanz temperature',
  'kwh mwh gwh wh kw mw kva kj kcal calories kalorien joule m3 litre litres liter liters litro litros l ml gallon gallons therm therms mpg',
  'mb gb tb kb byte bytes bits mbps gbps',
  'passengers passenger passagiere passagers pasajeros passeggeri passageiros pax guests guest gaeste gaste persons person personen persone people adults children kids infants travellers travelers attempts retries',
  'items units stueck stuck stk pieces pcs piezas pezzi uses likes followers votes clicks impressions',
  'btc eth bitcoin ether ethereum usdt usdc dogecoin crypto sat sats satoshi wei gwei',
);

/** Energy and fuel are as often priced in cents as in the currency itself, so a price per one of these is left as sent. */
export const PRICED_IN_CENTS = set(
  'kwh mwh wh kw litre litres liter liters litro litros l gallon gallons therm therms m3 gb mb min minute minuto sms',
);

/** Parts of a currency, or a fixed-point scale: such a number is no amount in the currency. */
export const MINOR = set(
  'cent cents ct cts pence penny pennies penn p pfennig rappen centime centimes centimo centimos centesimi centesimo centavo centavos oere ore paise paisa kopeks fils halere',
  'minor subunit subunits micro micros milli millis nano nanos basis',
);

/** A currency spelled out: such a number is in that one, whatever stands beside it. */
export const SPELLED = set(
  'euro euros dollar dollars pound pounds sterling franc francs yen yuan rupee rupees peso pesos real reais krona kroner zloty $ £ ¥ local foreign fremdwaehrung',
);

/** Taxes: an amount of tax says so (*tax_amount*); alone it is as often a rate. */
export const TAX = set(
  'tax taxes vat gst hst pst mwst ust umsatzsteuer mehrwertsteuer steuer steuern tva taxe iva igic iva irpf imposta imposto impostos impuesto impuestos taxa taxas discount discounts rabatt remise descuento descuentos sconto desconto reduction reduccion',
);
/** What turns a tax or a discount into an amount. */
export const MAKES_AMOUNT = set('amount amounts total totale sum betrag montant importe importo summe');

/** Last in a key, these are money by themselves. */
export const STRONG = set(
  'price prices cost costs fee fees fare fares subtotal surcharge deductible copay copayment msrp rrp uvp mrr arr arpu acv tcv gmv aov cac cashback',
  'revenue turnover income salary wage wages rent budget profit payout debt debit gratuity postage freight spend refund deposit overdraft',
  'preis preise betrag betraege betrage kosten gebuehr gebuhr gebuehren gebuhren umsatz gehalt lohn miete guthaben saldo kontostand anzahlung kaution pfand zahlung nachzahlung rueckzahlung ruckzahlung erstattung zuzahlung selbstbeteiligung selbstbehalt eigenanteil honorar abschlag abschlagszahlung porto monatsrate leasingrate kreditrate sparrate zwischensumme endsumme gesamtsumme',
  'prix montant montants cout couts frais solde acompte loyer salaire paiement mensualite cotisation depense depenses honoraires',
  'precio precios importe importes coste costes costo costos gasto gastos monto saldo fianza alquiler salario',
  'prezzo prezzi importo importi costo costi spesa spese canone acconto caparra stipendio affitto fatturato imponibile subtotale',
  'preco precos custo custos frete mensalidade aluguel aluguer montante quantia faturamento',
);
/** The end of a German compound: *Gesamtpreis*, *Rechnungsbetrag*. */
export const GERMAN_END =
  /.(?:preise?|betrag|betraege|betrage|kosten|gebuehr(?:en)?|gebuhr(?:en)?|summe|umsatz|miete|guthaben|zahlung|praemie|pramie|beitrag|honorar|pauschale|entgelt)$|^(?:bestell|waren|auftrags|vertrags|einkaufs|verkehrs|rest|kauf|versicherungs|gesamt)wert$|(?:bestell|waren|auftrags|vertrags|warenkorb)wert$/;
/** Compounds that end like money and are none: sums of digits, prices that are given in cents. */
export const GERMAN_NOT =
  /pr(?:ue|u)f|quer|check|punkt|prozent|index|temperatur|arbeitspreis|verbrauchspreis|anzahl|diskussion|blog|forum/;
/** Names written without a gap: *grandtotal*, *unitprice*. */
export const ENGLISH_JOINED =
  /^(?:unit|list|sale|sales|base|grand|sub|order|cart|basket|item|line|row|total|net|gross|tax|vat|discount|shipping|refund|final|retail|regular)+(?:price|total|amount|cost|costs|fee|value)$/;

/** Money in a French, Spanish, Italian or Portuguese key, which begins with its noun: *prix_unitaire*, *precio_total*. */
export const FIRST = set(
  'prix montant cout couts frais solde loyer cotisation',
  'precio precios importe coste costes costo costos gasto gastos monto saldo cuota',
  'prezzo prezzi importo costi spesa spese canone imponibile',
  'preco precos custo custos montante',
);
/** *Total*, *value* and their like begin a key only before words of a sale. */
export const TOTAL_FIRST = set('total totale valor valore valeur somme suma somma summe betrag');
export const AFTER_TOTAL = set(
  'ttc ht hors taxe taxes tva iva ivato iva incl excl inclus incluse incluido inclusa inclusive exclusive con com sin sem sans avec senza a da de del di do du la le el the due dovuto',
  'total pagar pagare payer general geral generale generale commande panier facture pedido carrito compra factura ordine carrello fattura carrinho fatura frete envio spedizione livraison neto netto bruto brutto liquido unitario unitaire',
  'brut net gesamt mwst inkl exkl zzgl nominal nominale contrat contrato contratto price amount cost due paid',
);

/** Last in a key, these are money beside a currency if nothing but such words stands with them. */
export const TOTALS = set('total sum saldo balance net gross netto brutto gesamt summe somme suma somma totale totaux');
export const WITH_TOTAL = set(
  'order cart basket bag invoice selling line row grand sub sous base running estimated checkout purchase booking reservation trip payment refund bill quote contract transaction subscription',
  'tax taxes vat gst shipping delivery discount discounts fee fees price net gross monthly annual yearly weekly daily overall new old current previous final',
  'account available opening closing outstanding remaining wallet ledger card loan bank cash statement mortgage savings checking giro gift store due',
  'insured bestell rechnungs warenkorb commande panier facture pedido carrito factura ordine carrello fattura carrinho fatura',
);

/** After an *amount* that begins the key: *amount_due*. */
export const AFTER_AMOUNT = set(
  'total subtotal remaining pending available requested due discounted approved withdrawn transferred deposited',
);
/** The same for what an amount or a value is of. */
export const AMOUNTS = set('amount amounts value valor valore valeur wert');
export const WITH_AMOUNT = set(
  'refund tax taxes vat gst discount shipping delivery order cart basket invoice payment paid total grand sub net gross base unit line row due outstanding remaining bill received submitted benefit refundable requested open patient price cash',
  'copay claim claimed loan credit debit transfer transaction withdrawal deposit billed allowed charged approved covered coverage donation bid offer settlement fee penalty budget booking rent salary bonus premium installment instalment',
  'contract lifetime customer purchase deal property market policy insured asset portfolio trade in book estimated vehicle home replacement residual declared customs goods merchandise monetary surrender cash face par fair nominal annual monthly yearly weekly daily the presentment original final deductible tip surcharge commission',
  'pedido compra carrito ordine commande panier contrato contratto contrat total totale unitario',
);
/** These say nothing about what an amount is of. */
export const NEUTRAL = set('min max minimum maximum avg average mean median');
/** Alone beside a currency these may be a flag or a method; with one of the words after them they are money. */
export const PAIRED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'payment',
    set(
      'monthly down total minimum next last final first weekly annual yearly due installment instalment loan lease mortgage',
    ),
  ],
  ['payments', set('monthly total')],
  ['installment', set('monthly weekly')],
  ['instalment', set('monthly weekly')],
  ['premium', set('monthly annual yearly insurance gross net total written policy base')],
  [
    'charge',
    set(
      'shipping delivery service late cancellation cleaning handling booking admin monthly total extra additional cover',
    ),
  ],
  [
    'charges',
    set('shipping delivery service late cancellation cleaning handling booking admin monthly total extra additional'),
  ],
  ['limit', set('credit overdraft spending')],
  ['credit', set('store available account')],
  ['spent', set('total amount lifetime')],
  ['tip', set('driver waiter suggested total received')],
  ['bill', set('total electricity gas water phone energy restaurant hospital')],
  ['insured', set('sum')],
  ['sales', set('net gross')],
  ['assets', set('total net')],
  ['earnings', set('total net gross retained')],
  ['pay', set('base gross net take home')],
  ['affaires', set('chiffre')],
]);
/** Money in the cart of every shop, but a bare 0 or 1 under it is a choice. */
export const BARE = set('shipping delivery versand premium beitrag praemie pramie tip');

/** Before a tax or a discount, these tell which price is meant: *price_incl_tax*. */
export const WITH_OR_WITHOUT = set(
  'incl including inkl inklusive inc excl excluding exkl ex zzgl before after with without mit ohne ttc ht hors con com sin sem sans avec senza ivato incluido inclusa inclus',
);
/** At the end of a key, these say which of several amounts it is: *balance_due*, *price_incl_tax*. */
export const WHICH = set(
  'due paid refunded charged captured authorized authorised invoiced billed outstanding owed owing payable receivable received spent',
  'net gross netto brutto incl including inkl inklusive inc excl excluding exkl ex zzgl before after with without mit ohne shipping',
  'offen faellig fallig bezahlt',
);
/** The same after a name that is money by itself: *price_min*, *fee_monthly*. */
export const WHICH_STRONG = set(
  'each original regular old new current previous final list from min max minimum maximum avg average total monthly yearly annual annually weekly daily quarterly today now ytd remaining pending available gesamt monatlich jaehrlich jahrlich alt neu aktuell ab',
);
export const PER = set('per pro je par por al au each');

/** Within these a currency further up is still the one that amounts and totals are in. */
export const SALE_PARTS = set(
  'order orders cart basket checkout invoice invoices quote offer booking bookings reservation reservations payment payments transaction transactions purchase purchases pricing price prices total totals summary subscription plan bill billing contract account accounts loan policy claim refund refunds deal opportunity amounts ecommerce',
  'bestellung bestellungen warenkorb rechnung rechnungen angebot buchung konto vertrag zahlung panier commande commandes facture factures paiement compte carrito pedido pedidos factura facturas reserva cuenta pago carrello ordine ordini fattura fatture prenotazione conto pagamento carrinho fatura conta',
);
/** Within these *amount* may be how many. */
export const LINE_PARTS = set(
  'items item lines line products product articles article rows positions positionen posten artikel lignes lineas articulos righe articoli itens linhas produkte produits productos prodotti produtos extras options fees discounts shipping adjustments charges',
);

/** Numbers that name something: never grouped. */
export const NAMING = set(
  'id ids uuid number numbers no nr num nummer numero numeros code codes zip zipcode plz postleitzahl postcode postal cap cep cp year years jahr baujahr annee ano anno jahrgang',
  'phone tel telephone telefon telefono telefone fax vin sku ean isbn gtin upc mpn asin pin port version build serial imei iccid pnr iata blz siret siren nif cif nie dni cpf cnpj rut curp reference ref referenz referencia riferimento tracking account konto kontonummer ticket case extension ext room gate flight batch lot dob hash kennzeichen matricule codigo codice key date datum fecha birthday birthdate seed',
  'orderid userid customerid productid sessionid accountid invoiceid itemid paymentid transactionid ordernumber customernumber invoicenumber accountnumber modelyear taxyear fiscalyear',
);
/** The end of a German compound that names: *Kundennummer*, *Baujahr*. */
export const NAMING_END = /.(?:nummer|jahr|plz|postleitzahl|kennung|kennzeichen|datum|nr)$/;
/** Alone, the name of a thing is its number. */
export const NAMING_ALONE = set(
  'order invoice booking reservation bestellung rechnung buchung commande facture pedido factura ordine fattura fatura conversation session customer user kunde client cliente contract vertrag policy claim epoch zimmer chambre habitacion camera quarto apartment suite',
);

export const PERCENT = set(
  'percent percentage pct prozent pourcentage porcentaje percentuale percentual porcentagem percentagem %',
);

/** The last word of a key whose number is an instant. */
export const INSTANT = set(
  'at date time timestamp ts until since expires expiry expiration created updated modified seen on login logout datetime epoch unix ms',
  'datum zeit zeitpunkt zeitstempel erstellt geaendert geandert bis seit ablauf heure cree modifie expire depuis fecha hora creado actualizado caduca desde hasta ora creato aggiornato scadenza criado atualizado vencimento',
);
/** A length of time, or whose: no instant. */
export const NO_INSTANT = set(
  'duration spent elapsed uptime response play run runtime session average avg total by id user count number visits views dauer laufzeit duree duracion durata duracao remaining balance size',
);
/** The last word of a key that names a day, for which a midnight in UTC stands. */
export const DAY = set(
  'date day birthday birthdate dob birth born datum geburtstag geburtsdatum tag naissance jour nacimiento fecha dia nascita giorno nascimento lieferdatum anreise abreise checkin checkout',
);
/** Texts under these are names, whatever they look like. */
export const NAME_TEXT = set(
  'version id ids number no nr nummer numero sku code ref reference serial build tag branch slug hash key',
);

export const PHONE = set(
  'phone phones telephone tel mobile cell cellphone fax whatsapp msisdn landline telefon telefonnummer handy handynummer mobilnummer rufnummer telefono telefone celular movil movel cellulare portable',
);
export const AFTER_PHONE = set(
  'number numbers no nr nummer numero home work office private business e164 main primary secondary',
);

export const COLOUR = set(
  'color colour colors colours farbe farben couleur couleurs colore colori cor cores paint tint hex rgb swatch background foreground shade fill',
);
export const COLOUR_END = /.farben?$/;
export const AFTER_COLOUR = set('code hex name value rgb css');

export const IMAGE = set(
  'image images img imgs picture pictures photo photos pic pics avatar thumbnail thumbnails thumb logo icon poster cover bild bilder foto fotos vignette imagen imagenes immagine immagini imagem imagens',
);
export const AFTER_IMAGE = set('url urls src link uri href large small medium thumb');

export const COUNTRY = set(
  'country countries nationality land laender lander pays pais paises paese paesi nazione lieferland herkunftsland rechnungsland',
);
export const AFTER_COUNTRY = set('code codes iso iso2 alpha2 cd');
export const LANGUAGE = set(
  'language languages lang locale locales sprache sprachen langue langues idioma idiomas lingua lingue lengua',
);
export const AFTER_LANGUAGE = set('code codes tag iso');
/** A language of machines. */
export const NO_LANGUAGE = set('programming query markup template script scripting coding source');
