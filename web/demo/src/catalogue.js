// What Norrvik sells. Prices are whole euros; `price` of a choice is what it adds to the car.

export const currency = 'EUR';

export const models = [
  {
    id: 'skerry',
    name: 'Skerry',
    kind: 'hatch',
    line: 'Small outside, patient inside. Parks where the others drive past.',
    price: 38400,
    facts: { range: '430 km', boot: '370 l', length: '4.18 m', seats: '5', charging: '10 to 80 % in 27 min' },
  },
  {
    id: 'strand',
    name: 'Strand',
    kind: 'saloon',
    line: 'The long road, quietly. Our lowest and longest-legged car.',
    price: 46900,
    facts: { range: '560 km', boot: '480 l', length: '4.72 m', seats: '5', charging: '10 to 80 % in 23 min' },
  },
  {
    id: 'holme',
    name: 'Holme',
    kind: 'estate',
    line: 'Room for the dog, the kayak and the way home.',
    price: 50700,
    facts: { range: '520 km', boot: '640 l', length: '4.74 m', seats: '5', charging: '10 to 80 % in 23 min' },
  },
];

export const colours = [
  { id: 'madder-red', name: 'Madder red', hex: '#8F2F2A', price: 0 },
  { id: 'sand', name: 'Sand', hex: '#C6B189', price: 0 },
  { id: 'pearl-white', name: 'Pearl white', hex: '#E9E6DD', price: 650 },
  { id: 'fjord-blue', name: 'Fjord blue', hex: '#33546F', price: 650 },
  { id: 'spruce-green', name: 'Spruce green', hex: '#3A5A49', price: 650 },
  { id: 'basalt', name: 'Basalt', hex: '#4A5053', price: 450 },
];

export const wheels = [
  { id: 'fjell', name: 'Fjell, 18 inch', detail: 'Five spokes', price: 0 },
  { id: 'tind', name: 'Tind, 19 inch', detail: 'Ten thin spokes', price: 950 },
  { id: 'skjold', name: 'Skjold, 20 inch', detail: 'Closed disc, 15 km more range', price: 1450 },
];

export const extras = [
  { id: 'glass-roof', name: 'Glass roof', detail: 'From windscreen to rear seats', price: 1400 },
  { id: 'tow-bar', name: 'Tow bar', detail: 'Swings away when not needed', price: 1150 },
  { id: 'winter-pack', name: 'Winter pack', detail: 'Warm seats, wheel and windscreen', price: 890 },
  { id: 'long-road', name: 'Long road assistant', detail: 'Keeps lane and distance', price: 1690 },
];

export const deliveries = [
  { id: 'dealer', name: 'Collect from the dealer', weeks: 6, price: 0 },
  { id: 'home', name: 'Bring it to my door', weeks: 7, price: 390 },
  { id: 'works', name: 'Collect at the works in Norrvik', weeks: 5, price: 0 },
];

export const dealer = {
  name: 'Lindqvist & Daughters, Norrvik Harbour',
  email: 'harbour@norrvik.example',
  phone: '+46 8 465 004 12',
};

export const byId = (list, id) => list.find((item) => item.id === id);

const whole = new Intl.NumberFormat('en-IE', { style: 'currency', currency, maximumFractionDigits: 0 });

/** 48350 → "€48,350" */
export const money = (amount) => whole.format(amount);
